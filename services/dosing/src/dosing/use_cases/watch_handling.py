"""Look at how somebody handles drug, whenever they waste it or find it missing."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing import data
from dosing.domain import misuse
from dosing.domain.misuse import MisuseSignal
from dosing.store import signals


async def watch_handling(staff_id: UUID, tx: Transaction) -> list[MisuseSignal]:
    """Raise the diversion signals that nobody is looking at yet. Returns them."""
    policy = data.misuse_policy()
    wastes, found = await signals.handling_of(tx, staff_id, tx.now - policy.staff_window)
    due = list(misuse.of_staff(wastes, found, policy))
    if not due:
        return []
    open_already = await signals.open_codes(tx, staff_id=staff_id)
    raised = [
        MisuseSignal(
            id=uuid7(),
            patient_id=None,
            staff_id=staff_id,
            code=code,
            reasons=reasons,
            raised_by=None,
            raised_at=tx.now,
        )
        for code, reasons in due
        if code not in open_already
    ]
    for signal in raised:
        signals.add(tx, signal)
    return raised
