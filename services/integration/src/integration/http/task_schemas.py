"""What routes of tasks, safety calls and red flags take and answer."""

from typing import Annotated, Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_chassis.policy import Role
from kairos_events.fields import Instant
from pydantic import Field, StringConstraints

from integration.domain.red_flag import FlagKind, FlagOrigin, Severity
from integration.domain.safety_call import CallOutcome
from integration.domain.task import Task, TaskKind, TaskState

Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]


class TaskBody(Body):
    """Something somebody on the team has to do."""

    patient_id: UUID
    words: Words
    role: Role = Field(description="who is asked")
    due_at: Instant


class EndTaskBody(Body):
    """How the task ended."""

    state: Literal[TaskState.DONE, TaskState.CANCELLED]


class TaskView(Answer):
    """One thing to do."""

    id: UUID
    patient_id: UUID
    kind: TaskKind
    subject_id: UUID | None = Field(description="what it is about: an episode, a call, a flag")
    words: str | None
    role: str = Field(description="who is asked now")
    level: int = Field(description="how often it went to somebody higher up")
    due_at: Instant
    overdue: bool
    opened_at: Instant
    opened_by: UUID | None
    state: TaskState
    ended_at: Instant | None
    ended_by: UUID | None
    version: int

    @classmethod
    def of(cls, task: Task, *, overdue: bool) -> "TaskView":
        """The view of a task."""
        values = {name: getattr(task, name) for name in cls.model_fields if name != "overdue"}
        return cls(**values, overdue=overdue)


class TaskPage(Answer):
    """Tasks by due time."""

    items: list[TaskView]
    next_cursor: str | None


class SafetyCallView(Answer):
    """A call owed to a patient."""

    id: UUID
    patient_id: UUID
    session_id: UUID
    occasion: str
    due_at: Instant
    tries: int
    completed_at: Instant | None
    outcome: CallOutcome | None
    completed_by: UUID | None
    version: int


class SafetyCallPage(Answer):
    """Safety calls by due time."""

    items: list[SafetyCallView]
    next_cursor: str | None


class Sign(Body):
    """One sign of danger."""

    kind: FlagKind
    severity: Severity


class SettleCallBody(Body):
    """What came of a call."""

    outcome: CallOutcome
    signs: Annotated[list[Sign], Field(max_length=8)] = Field(
        default_factory=list, description="what gave concern; none otherwise"
    )


class RedFlagBody(Body):
    """A sign of danger that a clinician saw."""

    patient_id: UUID
    kind: FlagKind
    severity: Severity


class RedFlagView(Answer):
    """A sign of danger, as charted."""

    id: UUID
    patient_id: UUID
    kind: FlagKind
    severity: Severity
    origin: FlagOrigin
    raised_by: UUID | None
    raised_at: Instant
    announced_at: Instant | None = Field(description="null while a dose may still explain it")


class RedFlags(Answer):
    """A patient's red flags, the newest first."""

    items: list[RedFlagView]
