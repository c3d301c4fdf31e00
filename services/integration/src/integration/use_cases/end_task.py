"""A task is done, or no longer needed."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from integration.domain.task import Task, TaskState
from integration.store.tasks import tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTask:
    """Somebody did it, or there is nothing to do any more."""

    task_id: UUID
    state: TaskState
    ended_by: UUID
    version: int  # as the caller has read it


async def end_task(command: EndTask, tx: Transaction) -> Task:
    """End the task; nobody else is asked.

    Raises TaskNotFound (404), StaleVersion (412), TaskEnded (409).
    """
    found = await tasks.seen(tx, command.task_id, command.version)
    ended = found.end(command.state, at=tx.now, by=command.ended_by)
    tasks.save(tx, ended)
    return ended
