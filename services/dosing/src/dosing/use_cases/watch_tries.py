"""Look at how often a dose was sought before its time, when one is refused."""

from uuid import UUID

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import misuse
from dosing.domain.misuse import MisuseSignal
from dosing.store import signals
from dosing.use_cases.raise_signals import raise_signals


async def watch_tries(patient_id: UUID, tx: Transaction) -> list[MisuseSignal]:
    """Look at how often a dose was sought before its time, when one is refused."""
    policy = data.misuse_policy()
    tries = await signals.early_tries(tx, patient_id, tx.now - policy.window)
    return await raise_signals(patient_id, list(misuse.of_tries(tries, policy)), tx.now, tx)
