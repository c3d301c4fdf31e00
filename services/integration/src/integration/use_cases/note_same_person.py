"""Intake says which records are one person's, and which are no longer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from integration.store import people


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSamePerson:
    """Two records, and whether they are one person's from now on."""

    surviving_patient_id: UUID
    merged_patient_id: UUID
    same: bool
    at: datetime  # aware, UTC


async def note_same_person(command: NoteSamePerson, tx: Transaction) -> None:
    """Keep it, and nothing else: no row of either record moves, so that parting them loses none.

    From then on whatever is asked about one record is answered of the person: the chart, the
    journal, misses in a row, the last dose that may explain a sign, the baseline of an outcome.
    """
    keep = people.merge if command.same else people.part
    keep(
        tx,
        surviving=command.surviving_patient_id,
        merged=command.merged_patient_id,
        at=command.at,
    )
