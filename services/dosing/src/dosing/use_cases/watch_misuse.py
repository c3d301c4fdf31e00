"""Look at a patient's exposure after every dose, at refills, and at doses sought too early."""

from datetime import datetime
from typing import Any
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing import data, publish
from dosing.domain import misuse
from dosing.domain.exposure import History
from dosing.domain.misuse import MisuseSignal
from dosing.store import signals


async def watch_misuse(
    patient_id: UUID, history: History, now: datetime, tx: Transaction
) -> list[MisuseSignal]:
    """Raise the signals that nobody is looking at yet, and announce them. Returns them."""
    found = list(misuse.of_exposure(history, data.misuse_policy(), now))
    return await raise_signals(patient_id, found, now, tx)


async def watch_refill(patient_id: UUID, tx: Transaction) -> list[MisuseSignal]:
    """Look at what was dispensed for a patient before, when more of it comes."""
    before = await signals.dispensed_for(tx, patient_id)
    found = list(misuse.of_refill(before, data.misuse_policy(), tx.now))
    return await raise_signals(patient_id, found, tx.now, tx)


async def watch_tries(patient_id: UUID, tx: Transaction) -> list[MisuseSignal]:
    """Look at how often a dose was sought before its time, when one is refused."""
    policy = data.misuse_policy()
    tries = await signals.early_tries(tx, patient_id, tx.now - policy.window)
    return await raise_signals(patient_id, list(misuse.of_tries(tries, policy)), tx.now, tx)


async def raise_signals(
    patient_id: UUID, found: list[tuple[str, dict[str, Any]]], now: datetime, tx: Transaction
) -> list[MisuseSignal]:
    """Raise what nobody is looking at yet. Returns the new ones."""
    if not found:
        return []
    open_already = await signals.open_codes(tx, patient_id=patient_id)
    raised = [
        MisuseSignal(
            id=uuid7(),
            patient_id=patient_id,
            staff_id=None,
            code=code,
            reasons=reasons,
            raised_by=None,
            raised_at=now,
        )
        for code, reasons in found
        if code not in open_already
    ]
    for signal in raised:
        signals.add(tx, signal)
        await outbox.append(tx, publish.misuse_signal_raised(signal))
    return raised
