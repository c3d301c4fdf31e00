"""Tasks over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.paging import Page, page_of
from kairos_chassis.http.route import Routes
from kairos_chassis.policy import Role
from pydantic import Field

from integration.domain.task import TaskKind, TaskState
from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.task_schemas import EndTaskBody, TaskBody, TaskPage, TaskView
from integration.store import tasks
from integration.use_cases.end_task import EndTask, end_task
from integration.use_cases.open_task import OpenTask, open_task

routes = Routes("tasks")


@routes.get("/v1/tasks", policy=policies.READ_TASK)
async def list_tasks(
    call: IntegrationCall,
    patient_id: UUID | None = None,
    state: TaskState | None = None,
    role: Role | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> TaskPage:
    """Tasks by due time, the most urgent first."""
    async with call.transaction() as tx:
        page = Page(call, "tasks", cursor, limit)
        found = await tasks.page(
            tx,
            patient_id=patient_id,
            state=None if state is None else state.value,
            role=role,
            after=page.after,
            limit=limit + 1,
        )
        items, following = page_of(page, found, lambda t: [t.due_at.isoformat(), str(t.id)])
        views = [TaskView.of(t, overdue=t.overdue(tx.now)) for t in items]
        return call.answer(TaskPage(items=views, next_cursor=following))


@routes.get("/v1/tasks/{task_id}", policy=policies.READ_TASK)
async def get_task(call: IntegrationCall, task_id: UUID) -> TaskView:
    """One task."""
    async with call.transaction() as tx:
        task = await tasks.tasks.find(tx, task_id)
        return call.answer(TaskView.of(task, overdue=task.overdue(tx.now)), version=task.version)


@routes.post("/v1/tasks", policy=policies.OPEN_TASK)
async def post_task(call: IntegrationCall, body: TaskBody) -> TaskView:
    """Ask somebody on the team to do something, by a time."""
    command = OpenTask(
        patient_id=body.patient_id,
        kind=TaskKind.OTHER,
        words=body.words,
        role=body.role,
        due_at=body.due_at,
        opened_by=call.caller.subject,
    )
    async with call.transaction() as tx:
        task = await tasks.tasks.find(tx, await open_task(command, tx))
        view = TaskView.of(task, overdue=task.overdue(tx.now))
        return call.answer(view, version=task.version, location=f"/v1/tasks/{task.id}")


@routes.post("/v1/tasks/{task_id}/end", policy=policies.END_TASK, status=200, if_match=True)
async def post_task_end(call: IntegrationCall, task_id: UUID, body: EndTaskBody) -> TaskView:
    """The task is done, or no longer needed."""
    command = EndTask(
        task_id=task_id, state=body.state, ended_by=call.caller.subject, version=call.if_match
    )
    async with call.transaction() as tx:
        ended = await end_task(command, tx)
        return call.answer(TaskView.of(ended, overdue=False), version=ended.version)
