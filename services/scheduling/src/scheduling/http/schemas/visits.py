"""Visits on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant, Route
from pydantic import Field

from scheduling.domain.check_in import Fasting
from scheduling.domain.practitioner import Role
from scheduling.domain.visit import Visit, VisitState
from scheduling.domain.visit_type import VisitType


class VisitBody(Body):
    """Who comes when, where, for what, and who is there for them."""

    patient_id: UUID
    site_id: UUID
    room_id: UUID | None = None
    visit_type: Code
    route: Route | None = None
    starts_at: Instant
    staff: Annotated[dict[Role, UUID], Field(min_length=1, max_length=len(Role))]


class VisitView(Answer):
    """A visit in the calendar."""

    id: UUID
    patient_id: UUID
    site_id: UUID
    room_id: UUID | None
    visit_type: str
    visit_type_version: str
    route: Route | None
    starts_at: Instant
    ends_at: Instant
    local_on: date = Field(description="the calendar day at the site")
    staff: dict[Role, UUID]
    state: VisitState
    held_reason: str | None
    booked_at: Instant
    version: int

    @classmethod
    def of(cls, visit: Visit) -> "VisitView":
        """The view of a visit."""
        return cls(
            id=visit.id,
            patient_id=visit.patient_id,
            site_id=visit.site_id,
            room_id=visit.room_id,
            visit_type=visit.visit_type,
            visit_type_version=visit.visit_type_version,
            route=None if visit.route is None else Route(visit.route),
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            local_on=visit.local_on,
            staff=dict(visit.staff),
            state=visit.state,
            held_reason=visit.held_reason,
            booked_at=visit.booked_at,
            version=visit.version,
        )


class VisitPage(Answer):
    """Visits by start."""

    items: list[VisitView]
    next_cursor: str | None


class CheckInBody(Body):
    """What is known of the patient at the desk."""

    escort_confirmed: bool = Field(description="somebody is confirmed for the way home")
    fasting: Fasting | None = Field(default=None, description="null where it was not asked")


class VisitTypeView(Answer):
    """What a kind of visit needs."""

    code: str
    version: str
    route: Route | None
    room_required: bool
    duration_minutes: int
    minimum_watch_minutes: int
    room_before_minutes: int
    room_after_minutes: int
    staff: dict[Role, list[str]] = Field(description="role to the credentials it needs")

    @classmethod
    def of(cls, kind: VisitType) -> "VisitTypeView":
        """The view of a visit type."""
        return cls(
            code=kind.code,
            version=kind.version,
            route=None if kind.route is None else Route(kind.route),
            room_required=kind.room_required,
            duration_minutes=kind.duration_minutes,
            minimum_watch_minutes=kind.minimum_watch_minutes,
            room_before_minutes=kind.room_before_minutes,
            room_after_minutes=kind.room_after_minutes,
            staff={role: list(kinds) for role, kinds in kind.staff.items()},
        )


class VisitTypeList(Answer):
    """All kinds of visits."""

    items: list[VisitTypeView]
