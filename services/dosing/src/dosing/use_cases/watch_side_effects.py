"""Look for what long use of ketamine does, whenever somebody charts how a patient is."""

from uuid import UUID

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import misuse
from dosing.domain.misuse import MisuseSignal
from dosing.domain.observation import Readings
from dosing.use_cases.raise_signals import raise_signals


async def watch_side_effects(
    patient_id: UUID, readings: Readings, tx: Transaction
) -> list[MisuseSignal]:
    """Raise the signal of urinary symptoms that nobody is looking at yet. Returns it."""
    found = list(misuse.of_side_effects(readings.side_effects or {}, data.misuse_policy()))
    return await raise_signals(patient_id, found, tx.now, tx)
