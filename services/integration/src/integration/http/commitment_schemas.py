"""What routes of commitments take and answer."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import ExactDecimal, Instant
from pydantic import Field

from integration.domain.commitment import (
    Commitment,
    CommitmentCheck,
    CommitmentState,
    Practice,
    adherence_percent,
)
from integration.http.record_schemas import Confidence, Text
from integration.http.zones import Zone

Times = Annotated[int, Field(ge=1, le=70)]


class CommitmentBody(Body):
    """What a patient promises themselves."""

    practice: Practice | None = None
    behaviour: Text
    planned: Text | None = Field(default=None, description="when, in words")
    barriers: Text | None = None
    confidence: Confidence
    times_per_week: Times | None = None
    remind_at: Instant | None = Field(default=None, description="then, and weekly afterwards")
    zone: Zone = Field(description="IANA zone: reminders keep to the patient's wall clock")


class CheckBody(Body):
    """How it went."""

    done: Annotated[int, Field(ge=0, le=70)]
    planned: Times
    confidence: Confidence | None = None


class EndCommitmentBody(Body):
    """How it ended."""

    state: Literal[CommitmentState.KEPT, CommitmentState.LET_GO]


class CommitmentView(Answer):
    """A commitment, and how it goes."""

    id: UUID
    patient_id: UUID
    therapy_session_id: UUID | None
    practice: Practice | None
    behaviour: str
    planned: str | None
    barriers: str | None
    confidence: int = Field(description="0 to 10, as said last")
    times_per_week: int | None
    remind_at: Instant | None
    reminded_at: Instant | None
    state: CommitmentState
    made_at: Instant
    adherence_percent: ExactDecimal | None = Field(description="done of planned; null unchecked")
    version: int

    @classmethod
    def of(cls, made: Commitment, checks: list[CommitmentCheck]) -> "CommitmentView":
        """The view of a commitment; `checks` are a patient's, its own among them."""
        own = [check for check in checks if check.commitment_id == made.id]
        said = [check.confidence for check in own if check.confidence is not None]
        told: set[str] = {"adherence_percent", "confidence"}
        values = {n: getattr(made, n) for n in cls.model_fields if n not in told}
        adherence: Decimal | None = adherence_percent(own)
        confidence = said[-1] if said else made.confidence
        return cls(**values, adherence_percent=adherence, confidence=confidence)


class Commitments(Answer):
    """A patient's commitments, the oldest first."""

    items: list[CommitmentView]


class CheckView(Answer):
    """How it went."""

    id: UUID
    done: int
    planned: int
    confidence: int | None
    noted_at: Instant


class LearnedView(Answer):
    """One insight, and where it comes from."""

    words: str
    therapy_session_id: UUID
    at: Instant


class CarriedForward(Answer):
    """What the next preparation shows: intended, learned, promised."""

    intention: str | None
    intended_at: Instant | None
    goals: list[str]
    insights: list[LearnedView]
    commitments: list[CommitmentView]
