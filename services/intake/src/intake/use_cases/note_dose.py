"""Note that a dose was given: questions about the time before and after it are mixed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.store import doses


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDose:
    """As dosing has announced it."""

    dose_id: UUID
    session_id: UUID
    patient_id: UUID
    route: str
    administered_at: datetime  # aware, UTC


async def note_dose(command: NoteDose, tx: Transaction) -> None:
    """Keep the dose; a repeat changes nothing."""
    await doses.note(
        tx,
        command.dose_id,
        command.patient_id,
        session_id=command.session_id,
        route=command.route,
        administered_at=command.administered_at,
    )
