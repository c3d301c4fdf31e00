"""What the routes about access take and answer."""

from typing import Annotated, Any, Literal
from uuid import UUID

from kairos_events.fields import Instant
from pydantic import Field

from kairos_chassis.http.schemas import Answer, Body

Outcome = Literal["allowed", "refused", "failed"]
BreakGlassReason = Literal[
    "emergency", "patient_safety", "covering_absent_colleague", "record_not_reachable_otherwise"
]
ReviewOutcome = Literal["justified", "not_justified", "referred"]
CutReason = Literal["role_changed", "left_care_team", "left_network", "token_stolen"]


class AccessView(Answer):
    """One access to a patient's record, as the patient may know it."""

    at: Instant
    who: UUID | None = Field(description="opaque id of the log-in; null for none that was known")
    roles: list[str]
    acting_for: UUID | None = Field(description="whom a service acted for")
    action: str
    purpose: str = Field(description="HL7 ActReason code")
    outcome: Outcome

    @classmethod
    def of(cls, row: Any) -> "AccessView":
        """The view of an audit entry."""
        return cls(
            at=row["at"],
            who=row["actor"],
            roles=row["actor_roles"],
            acting_for=row["acting_for"],
            action=row["action"],
            purpose=row["purpose"],
            outcome=row["outcome"],
        )


class AccessPage(Answer):
    """Accesses, the newest first."""

    items: list[AccessView]
    next_cursor: str | None


class AuditEntryView(Answer):
    """One entry of the audit trail, whole."""

    id: int
    at: Instant
    actor: UUID | None
    actor_roles: list[str]
    acting_for: UUID | None
    action: str
    purpose: str
    patient_id: UUID | None
    resource: str
    outcome: Outcome
    reason: str | None = Field(description="the slug of a refusal")
    request_id: UUID
    source_address: str | None

    @classmethod
    def of(cls, row: Any) -> "AuditEntryView":
        """The view of an audit entry."""
        return cls(**{name: row[name] for name in cls.model_fields})


class AuditPage(Answer):
    """Audit entries, the newest first."""

    items: list[AuditEntryView]
    next_cursor: str | None


class CutBody(Body):
    """Whose access ends now, and why."""

    subject: Annotated[UUID, Field(strict=False, description="the log-in")]
    reason: CutReason


class CutView(Answer):
    """Tokens of this log-in issued before this instant open nothing any more."""

    subject: UUID
    issued_before: Instant
    effective_within_seconds: int


class BreakTheGlassBody(Body):
    """For whom, why and how long the glass is broken."""

    patient_id: Annotated[UUID, Field(strict=False)]
    reason: BreakGlassReason
    minutes: Annotated[int, Field(ge=5, le=480)] = 60


class BrokenGlassView(Answer):
    """A breaking of the glass, and what came of its review."""

    id: UUID
    subject: UUID
    roles: list[str]
    patient_id: UUID
    reason: str
    opened_at: Instant
    expires_at: Instant
    review_due_at: Instant
    reviewer: UUID | None
    outcome: ReviewOutcome | None
    reviewed_at: Instant | None


class BrokenGlassPage(Answer):
    """Breakings of the glass, the oldest first."""

    items: list[BrokenGlassView]
    next_cursor: str | None


class GlassReviewBody(Body):
    """What the reviewer found."""

    outcome: ReviewOutcome
