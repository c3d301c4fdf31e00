"""Ask the team to do something, by a time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import timers
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration.domain.task import Task, TaskKind
from integration.store import tasks

ESCALATION = "task.escalation"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """Something has to be done for a patient."""

    patient_id: UUID
    kind: TaskKind
    subject_id: UUID | None = None
    words: str | None = None
    role: str
    due_at: datetime  # aware, UTC
    opened_by: UUID | None = None


async def open_task(command: OpenTask, tx: Transaction) -> UUID:
    """Open the task and set the hour at which somebody else is asked. Returns its id.

    About one thing there is one open task of a kind: asking again changes nothing.
    """
    if command.subject_id is not None:
        earlier = await tasks.open_about(tx, command.kind, command.subject_id)
        if earlier is not None:
            return earlier.id
    opened = Task(
        id=uuid7(),
        patient_id=command.patient_id,
        kind=command.kind,
        subject_id=command.subject_id,
        words=command.words,
        role=command.role,
        due_at=command.due_at,
        opened_at=tx.now,
        opened_by=command.opened_by,
    )
    tasks.tasks.add(tx, opened)
    timers.schedule(tx, ESCALATION, opened.id, opened.due_at, patient_id=opened.patient_id)
    return opened.id
