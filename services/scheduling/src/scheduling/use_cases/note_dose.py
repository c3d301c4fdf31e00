"""Note that a patient has had a dose."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.store import monitors


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDose:
    """What dosing has charted."""

    patient_id: UUID
    at: datetime


async def note_dose(command: NoteDose, tx: Transaction) -> None:
    """From now on a monitor may watch this patient beside others."""
    tx.about(command.patient_id)
    await monitors.keep_dose(tx, command.patient_id, at=command.at)
