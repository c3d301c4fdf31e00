"""Tasks, at rest."""

from collections.abc import Sequence
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from integration.domain.errors import TaskNotFound
from integration.domain.task import Task, TaskKind, TaskState
from integration.store.paging import asked, asked_person, by_instant, position
from integration.store.records import Records
from integration.store.tables import task

tasks = Records(task, Task, TaskNotFound)

# Locked: the timer that takes the task higher may run at the same moment.
_OPEN_ABOUT = statement(
    select(task)
    .where(
        task.c.kind == bindparam("kind"),
        task.c.subject_id == bindparam("subject_id"),
        task.c.state == TaskState.OPEN.value,
    )
    .with_for_update()
)
_PAGE = statement(
    by_instant(
        task,
        "due_at",
        asked_person(task.c.patient_id),
        asked(task.c.state, "state"),
        asked(task.c.role, "role"),
    )
)


async def open_about(tx: Transaction, kind: TaskKind, subject_id: UUID) -> Task | None:
    """The open task of a kind about something, if there is one, locked until the commit."""
    row = await tx.fetch_one(_OPEN_ABOUT, kind=kind.value, subject_id=subject_id)
    return None if row is None else tasks.of(row)


async def page(
    tx: Transaction,
    *,
    patient_id: UUID | None,
    state: str | None,
    role: str | None,
    after: Sequence[str] | None,
    limit: int,
) -> list[Task]:
    """Tasks by due time, `limit` at most, after the position of a cursor."""
    wanted = {"patient_id": patient_id, "state": state, "role": role, "limit": limit}
    return await tasks.all(tx, _PAGE, **wanted, **position(after))
