"""Something somebody on the team has to do, by a time, until it is done."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from integration.domain.errors import TaskEnded


class TaskKind(StrEnum):
    """Why there is something to do."""

    CALL_MISSED_INTEGRATION = "call_missed_integration"
    CALL_MISSED_VISIT = "call_missed_visit"
    BOOK_INTEGRATION = "book_integration"
    SAFETY_CALL = "safety_call"
    FOLLOW_UP = "follow_up"
    RECHECK_SIGN = "recheck_sign"
    ANSWER_RED_FLAG = "answer_red_flag"
    MEASURE_OVERDUE = "measure_overdue"
    REVIEW_OUTCOME = "review_outcome"
    WRITE_AFTER_CARE = "write_after_care"
    OTHER = "other"


class TaskState(StrEnum):
    """Where it stands."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do. `level` counts how often it went to somebody higher up."""

    id: UUID
    patient_id: UUID
    kind: TaskKind
    subject_id: UUID | None  # what it is about: an episode, a call, a red flag
    words: str | None
    role: str  # who is asked now
    due_at: datetime
    opened_at: datetime
    opened_by: UUID | None = None
    level: int = 0
    state: TaskState = TaskState.OPEN
    ended_at: datetime | None = None
    ended_by: UUID | None = None
    version: int = 1

    def end(self, state: TaskState, *, at: datetime, by: UUID | None) -> "Task":
        """The task, done or no longer needed. Raises TaskEnded."""
        if self.state is not TaskState.OPEN:
            raise TaskEnded
        return replace(self, state=state, ended_at=at, ended_by=by, version=self.version + 1)

    def escalate(self, role: str) -> "Task":
        """The task, asked of somebody higher up. Raises TaskEnded."""
        if self.state is not TaskState.OPEN:
            raise TaskEnded
        return replace(self, role=role, level=self.level + 1, version=self.version + 1)

    def overdue(self, now: datetime) -> bool:
        """Whether it should have been done by now."""
        return self.state is TaskState.OPEN and now > self.due_at
