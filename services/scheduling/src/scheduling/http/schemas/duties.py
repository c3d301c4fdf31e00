"""Broken visits and alerts about credentials on the wire."""

from datetime import date
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant
from pydantic import Field

from scheduling.domain.replanning import ReplanTask
from scheduling.store.credential_alerts import CredentialAlert


class VerificationBody(Body):
    """Where a credential was looked up."""

    source: Code


class ReplanTaskView(Answer):
    """A broken visit that somebody owns."""

    id: UUID
    visit_id: UUID
    patient_id: UUID
    site_id: UUID
    reason: str
    broken_practitioner_id: UUID | None
    owner_id: UUID | None = Field(description="null: whoever administers the site")
    opened_at: Instant

    @classmethod
    def of(cls, task: ReplanTask) -> "ReplanTaskView":
        """The view of a broken visit."""
        return cls(**{name: getattr(task, name) for name in cls.model_fields})


class ReplanTaskPage(Answer):
    """Broken visits, the longest open first."""

    items: list[ReplanTaskView]
    next_cursor: str | None


class CredentialAlertView(Answer):
    """A credential ends soon."""

    id: UUID
    credential_id: UUID
    practitioner_id: UUID
    days_left: int
    expires_on: date
    raised_at: Instant
    acknowledged_by: UUID | None
    acknowledged_at: Instant | None

    @classmethod
    def of(cls, alert: CredentialAlert) -> "CredentialAlertView":
        """The view of an alert."""
        return cls(**{name: getattr(alert, name) for name in cls.model_fields})


class CredentialAlertPage(Answer):
    """Alerts nobody has acknowledged, the oldest first."""

    items: list[CredentialAlertView]
    next_cursor: str | None
