"""Look at a patient's exposure after every dose."""

from datetime import datetime
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
