"""Note that a patient has said again that the consent stands, for a visit."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.store import reaffirmations


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteReaffirmation:
    """What intake has recorded."""

    visit_id: UUID
    patient_id: UUID
    at: datetime


async def note_reaffirmation(command: NoteReaffirmation, tx: Transaction) -> None:
    """The gate of that visit is open, as far as consent goes."""
    tx.about(command.patient_id)
    await reaffirmations.keep(tx, command.visit_id, command.patient_id, at=command.at)
