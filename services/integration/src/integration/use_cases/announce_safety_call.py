"""The hour of a safety call has come."""

from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from integration import publish
from integration.data import safety_calls as policy
from integration.domain.task import TaskKind
from integration.store.safety_calls import safety_calls
from integration.use_cases.open_task import OpenTask, open_task


async def announce_safety_call(safety_call_id: UUID, tx: Transaction) -> None:
    """Announce the call and ask the team for it, unless it is settled already.

    Raises SafetyCallNotFound (404).
    """
    found = await safety_calls.lock(tx, safety_call_id)
    if found.completed_at is not None:
        return
    await outbox.append(tx, publish.safety_call_due(found))
    await open_task(
        OpenTask(
            patient_id=found.patient_id,
            kind=TaskKind.SAFETY_CALL,
            subject_id=found.id,
            role="nurse",
            due_at=tx.now + policy().escalate_after,
        ),
        tx,
    )
