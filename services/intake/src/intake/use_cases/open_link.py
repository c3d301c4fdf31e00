"""Open a link by which a patient fills in questionnaires alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from kairos_chassis.capabilities import mint
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake.data import instruments
from intake.data.policy import policy
from intake.domain.instrument import Licence
from intake.domain.record_errors import NotForPatients
from intake.domain.self_service import Link
from intake.store import links, patients


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLink:
    """Which questionnaires, and for how many hours; None: as the policy says."""

    patient_id: UUID
    instruments: Sequence[str]
    valid_hours: int | None
    opened_by: UUID


async def open_link(command: OpenLink, tx: Transaction) -> tuple[Link, str]:
    """Keep the link, and tell its token this once.

    Raises PatientNotFound, InstrumentNotFound (404), NotForPatients (422).
    """
    await patients.find(tx, command.patient_id)
    for code in command.instruments:
        if instruments.current(code).licence is not Licence.SHIP:
            raise NotForPatients
    hours = min(command.valid_hours or policy().link_valid_hours, policy().link_longest_hours)
    made = Link(
        id=uuid7(),
        patient_id=command.patient_id,
        instruments=tuple(dict.fromkeys(command.instruments)),
        created_by=command.opened_by,
        created_at=tx.now,
        expires_at=tx.now + timedelta(hours=hours),
    )
    token, digest = mint(tx.network)
    links.add(tx, made, digest)
    return made, token
