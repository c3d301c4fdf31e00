"""From a domain fact to the public event that tells it. Names and numbers stay here."""

from datetime import datetime
from typing import Any

from kairos_events.fields import Route
from kairos_events.scheduling import (
    CredentialLapsedV1,
    CredentialRecordedV1,
    CredentialStatus,
    IntegrationBreachClosedV1,
    IntegrationBreachOpenedV1,
    PractitionerRegisteredV1,
    StaffMember,
    VisitBookedV1,
    VisitCancelledV1,
    VisitCheckedInV1,
    VisitCompletedV1,
    VisitHeldV1,
    VisitMissedV1,
    VisitMovedV1,
    VisitReleasedV1,
)

from scheduling.domain.check_in import Arrival
from scheduling.domain.integration_duty import IntegrationDuty
from scheduling.domain.practitioner import Credential, Practitioner
from scheduling.domain.site import Site
from scheduling.domain.visit import Visit


def practitioner_registered(registered: Practitioner) -> PractitionerRegisteredV1:
    """Somebody works for the network."""
    return PractitionerRegisteredV1(
        practitioner_id=registered.id,
        roles=tuple(sorted(role.value for role in registered.roles)),
        registered_at=registered.registered_at,
    )


def credential_recorded(recorded: Credential) -> CredentialRecordedV1:
    """A credential has a new version; the latest one holds."""
    return CredentialRecordedV1(
        credential_id=recorded.id,
        practitioner_id=recorded.practitioner_id,
        kind=recorded.kind,
        state=recorded.state,
        issued_on=recorded.issued_on,
        expires_on=recorded.expires_on,
        status=CredentialStatus(recorded.status),
        recorded_at=recorded.recorded_at,
    )


def credential_lapsed(lapsed: Credential, *, at: datetime) -> CredentialLapsedV1:
    """A credential is past its last day."""
    return CredentialLapsedV1(
        credential_id=lapsed.id,
        practitioner_id=lapsed.practitioner_id,
        kind=lapsed.kind,
        state=lapsed.state,
        expires_on=lapsed.expires_on,
        lapsed_at=at,
    )


def visit_booked(booked: Visit) -> VisitBookedV1:
    """A visit is in the calendar."""
    return VisitBookedV1(
        **_what(booked),
        starts_at=booked.starts_at,
        ends_at=booked.ends_at,
        staff=_staff(booked),
        booked_at=booked.booked_at,
    )


def visit_checked_in(visit: Visit, site: Site, arrival: Arrival) -> VisitCheckedInV1:
    """The patient is here and may begin."""
    return VisitCheckedInV1(
        visit_id=visit.id,
        patient_id=visit.patient_id,
        site_id=visit.site_id,
        site_state=site.state,
        site_zone=site.zone,
        visit_type=visit.visit_type,
        route=_route(visit),
        starts_at=visit.starts_at,
        staff=_staff(visit),
        escort_confirmed=arrival.escort_confirmed,
        checked_in_at=arrival.at,
    )


def visit_held(held: Visit, *, at: datetime) -> VisitHeldV1:
    """A visit must not take place as it stands."""
    assert held.held_reason is not None
    return VisitHeldV1(
        visit_id=held.id, patient_id=held.patient_id, reason=held.held_reason, held_at=at
    )


def visit_released(released: Visit, *, at: datetime) -> VisitReleasedV1:
    """A visit on hold may take place again."""
    return VisitReleasedV1(visit_id=released.id, patient_id=released.patient_id, released_at=at)


def visit_moved(was: Visit, moved: Visit, *, reason: str, at: datetime) -> VisitMovedV1:
    """A visit takes place at another time, place or with other people."""
    return VisitMovedV1(
        **_what(moved),
        was_starts_at=was.starts_at,
        starts_at=moved.starts_at,
        ends_at=moved.ends_at,
        staff=_staff(moved),
        reason=reason,
        moved_at=at,
    )


def visit_cancelled(cancelled: Visit, *, late: bool) -> VisitCancelledV1:
    """A visit will not take place."""
    assert cancelled.ended_reason is not None
    assert cancelled.ended_at is not None
    return VisitCancelledV1(
        **_what(cancelled),
        starts_at=cancelled.starts_at,
        reason=cancelled.ended_reason,
        late=late,
        cancelled_at=cancelled.ended_at,
    )


def visit_missed(missed: Visit) -> VisitMissedV1:
    """The patient did not come."""
    assert missed.ended_at is not None
    return VisitMissedV1(**_what(missed), starts_at=missed.starts_at, missed_at=missed.ended_at)


def visit_completed(completed: Visit) -> VisitCompletedV1:
    """A visit took place and is over."""
    assert completed.ended_at is not None
    return VisitCompletedV1(
        **_what(completed), staff=_staff(completed), completed_at=completed.ended_at
    )


def breach_opened(breached: IntegrationDuty) -> IntegrationBreachOpenedV1:
    """The integration visit owed after a dose has not taken place in time."""
    assert breached.breach_id is not None
    assert breached.breached_at is not None
    return IntegrationBreachOpenedV1(
        breach_id=breached.breach_id,
        patient_id=breached.patient_id,
        session_id=breached.session_id,
        dosing_visit_id=breached.dosing_visit_id,
        site_id=breached.site_id,
        route=Route(breached.route),
        last_dose_at=breached.last_dose_at,
        due_at=breached.due_at,
        owner_id=breached.owner_id,
        opened_at=breached.breached_at,
    )


def breach_closed(closed: IntegrationDuty) -> IntegrationBreachClosedV1:
    """A breach is resolved."""
    assert closed.breach_id is not None
    assert closed.resolution is not None
    assert closed.settled_at is not None
    return IntegrationBreachClosedV1(
        breach_id=closed.breach_id,
        patient_id=closed.patient_id,
        session_id=closed.session_id,
        resolution=closed.resolution,
        visit_id=closed.settled_by,
        closed_at=closed.settled_at,
    )


def _what(visit: Visit) -> dict[str, Any]:
    return {
        "visit_id": visit.id,
        "patient_id": visit.patient_id,
        "site_id": visit.site_id,
        "visit_type": visit.visit_type,
        "route": _route(visit),
    }


def _route(visit: Visit) -> Route | None:
    return None if visit.route is None else Route(visit.route)


def _staff(visit: Visit) -> tuple[StaffMember, ...]:
    return tuple(
        StaffMember(practitioner_id=person, role=role.value)
        for role, person in sorted(visit.staff.items())
    )
