"""Look for what long use of ketamine does, whenever an adverse event is recorded."""

from uuid import UUID

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import misuse
from dosing.domain.misuse import MisuseSignal
from dosing.use_cases.raise_signals import raise_signals


async def watch_event(patient_id: UUID, code: str, tx: Transaction) -> list[MisuseSignal]:
    """Raise the signal of a urinary event that nobody is looking at yet. Returns it."""
    found = list(misuse.of_event(code, data.misuse_policy()))
    return await raise_signals(patient_id, found, tx.now, tx)
