"""Look at a patient's exposure after every dose."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import misuse
from dosing.domain.exposure import History
from dosing.domain.misuse import MisuseSignal
from dosing.use_cases.raise_signals import raise_signals


async def watch_misuse(
    patient_id: UUID, history: History, now: datetime, tx: Transaction
) -> list[MisuseSignal]:
    """Raise the signals that nobody is looking at yet, and announce them. Returns them."""
    found = list(misuse.of_exposure(history, data.misuse_policy(), now))
    return await raise_signals(patient_id, found, now, tx)
