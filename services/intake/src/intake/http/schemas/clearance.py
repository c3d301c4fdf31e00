"""Clearance, as asked and answered."""

from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Instant, Route

from intake.domain.clearance import Clearance
from intake.use_cases.confirm_clearance import Confirmation


class RouteStatusView(Answer):
    """Whether the patient may be dosed by one route, why not if not, and until when."""

    route: Route
    cleared: bool
    reasons: list[str]
    expires_at: Instant | None
    extra_monitoring: list[str]


class ClearanceView(Answer):
    """The state of every route now."""

    patient_id: UUID
    clearance_version: int
    changed_at: Instant
    routes: list[RouteStatusView]

    @classmethod
    def of(cls, clearance: Clearance, now: Instant) -> "ClearanceView":
        """The view of a clearance at that instant."""
        statuses = [status.at(now) for status in clearance.routes]
        return cls(
            patient_id=clearance.patient_id,
            clearance_version=clearance.version,
            changed_at=clearance.changed_at,
            routes=[
                RouteStatusView(
                    route=Route(status.route),
                    cleared=status.cleared,
                    reasons=list(status.reasons),
                    expires_at=status.expires_at,
                    extra_monitoring=list(status.extra_monitoring),
                )
                for status in statuses
            ],
        )


class ConfirmationBody(Body):
    """The route the drug is about to be given by."""

    route: Route


class ConfirmationView(Answer):
    """The dose may rely on this until `valid_until`, if it is of this clearance version."""

    confirmation_id: UUID
    patient_id: UUID
    route: Route
    clearance_version: int
    extra_monitoring: list[str]
    confirmed_at: Instant
    valid_until: Instant

    @classmethod
    def of(cls, confirmation: Confirmation) -> "ConfirmationView":
        """The view of a confirmation."""
        return cls(
            confirmation_id=confirmation.id,
            patient_id=confirmation.patient_id,
            route=Route(confirmation.route),
            clearance_version=confirmation.clearance_version,
            extra_monitoring=list(confirmation.extra_monitoring),
            confirmed_at=confirmation.confirmed_at,
            valid_until=confirmation.valid_until,
        )
