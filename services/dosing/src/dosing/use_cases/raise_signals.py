"""Raise the signals about a patient that nobody is looking at yet, and announce them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing import publish
from dosing.domain.misuse import MisuseSignal
from dosing.store import signals


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
