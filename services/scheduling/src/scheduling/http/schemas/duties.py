"""Broken visits and alerts about credentials on the wire."""

from datetime import date
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant
from pydantic import Field

from scheduling.domain.integration_duty import DutyState, IntegrationDuty
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


class ResolutionBody(Body):
    """Why the integration visit will not take place."""

    resolution: Code


class BreachView(Answer):
    """Integration that did not take place in time."""

    id: UUID
    patient_id: UUID
    session_id: UUID
    dosing_visit_id: UUID
    site_id: UUID
    route: str
    last_dose_at: Instant
    due_at: Instant
    state: DutyState
    owner_id: UUID | None
    opened_at: Instant
    resolution: str | None

    @classmethod
    def of(cls, duty: IntegrationDuty) -> "BreachView":
        """The view of a breach."""
        assert duty.breach_id is not None
        assert duty.breached_at is not None
        return cls(
            id=duty.breach_id,
            patient_id=duty.patient_id,
            session_id=duty.session_id,
            dosing_visit_id=duty.dosing_visit_id,
            site_id=duty.site_id,
            route=duty.route,
            last_dose_at=duty.last_dose_at,
            due_at=duty.due_at,
            state=duty.state,
            owner_id=duty.owner_id,
            opened_at=duty.breached_at,
            resolution=duty.resolution,
        )


class BreachPage(Answer):
    """Open breaches, the longest open first."""

    items: list[BreachView]
    next_cursor: str | None
