"""The reason for a task is gone, or what it asked for has happened."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from integration.domain.task import TaskKind, TaskState
from integration.store import tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleTask:
    """What the task was about has come to an end."""

    kind: TaskKind
    subject_id: UUID
    state: TaskState
    ended_by: UUID | None = None


async def settle_task(command: SettleTask, tx: Transaction) -> None:
    """End the open task of that kind about that thing, if there is one."""
    found = await tasks.open_about(tx, command.kind, command.subject_id)
    if found is None:
        return
    tasks.tasks.save(tx, found.end(command.state, at=tx.now, by=command.ended_by))
    await tx.flush()  # another task may be settled in the same breath
