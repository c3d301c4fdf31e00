"""A task was not done in time: ask somebody higher up."""

from uuid import UUID

from kairos_chassis import timers
from kairos_chassis.db import Transaction

from integration.data import escalation
from integration.domain.task import TaskState
from integration.store.tasks import tasks
from integration.use_cases.open_task import ESCALATION


async def escalate_task(task_id: UUID, tx: Transaction) -> None:
    """Ask the next role, and set the hour for the one after; who is last stays asked.

    Raises TaskNotFound (404).
    """
    found = await tasks.lock(tx, task_id)
    step = escalation().after(found.level)
    if found.state is not TaskState.OPEN or step is None:
        return
    role, wait = step
    tasks.save(tx, found.escalate(role))
    timers.schedule(tx, ESCALATION, task_id, tx.now + wait, patient_id=found.patient_id)
