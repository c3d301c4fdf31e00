"""Look at what was dispensed for a patient before, when more of it comes."""

from uuid import UUID

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import misuse
from dosing.domain.misuse import MisuseSignal
from dosing.store import signals
from dosing.use_cases.raise_signals import raise_signals


async def watch_refill(patient_id: UUID, tx: Transaction) -> list[MisuseSignal]:
    """Look at what was dispensed for a patient before, when more of it comes."""
    before = await signals.dispensed_for(tx, patient_id)
    found = list(misuse.of_refill(before, data.misuse_policy(), tx.now))
    return await raise_signals(patient_id, found, tx.now, tx)
