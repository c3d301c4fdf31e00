"""Visits on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant, Route
from pydantic import Field

from scheduling.domain.check_in import Fasting, Screen
from scheduling.domain.practitioner import Role
from scheduling.domain.visit import Visit, VisitState
from scheduling.domain.visit_type import MostDoses, VisitType
from scheduling.http.schemas.clearances import ClearanceNote

Team = Annotated[dict[Role, UUID], Field(min_length=1, max_length=len(Role))]
Pieces = Annotated[list[UUID], Field(max_length=8)]


class VisitBody(Body):
    """Who comes when, where, for what, and who is there for them."""

    patient_id: UUID
    site_id: UUID
    room_id: UUID | None = None
    visit_type: Code
    route: Route | None = None
    starts_at: Instant
    staff: Team
    equipment_ids: Pieces = Field(default=[])


class OverbookingBody(VisitBody):
    """A visit that is to take place although something or somebody is taken."""

    reason: Code = Field(description="a code of the overbooking policy")


class MoveBody(Body):
    """Where and when a visit takes place instead, and with whom."""

    site_id: UUID
    room_id: UUID | None = None
    starts_at: Instant
    staff: Team
    equipment_ids: Pieces = Field(default=[])
    reason: Code = Field(description="a code of the cancellation reasons")


class CancellationBody(Body):
    """Why a visit will not take place."""

    reason: Code


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
    equipment_ids: list[UUID]
    one_to_one: bool = Field(description="the monitor watches nobody else meanwhile")
    course_id: UUID | None
    ended_reason: str | None
    ended_at: Instant | None
    clearance: ClearanceNote | None = Field(
        default=None, description="in answers about one dosing visit: what it relies on"
    )

    @classmethod
    def of(cls, visit: Visit, clearance: ClearanceNote | None = None) -> "VisitView":
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
            equipment_ids=list(visit.equipment_ids),
            one_to_one=visit.one_to_one,
            course_id=visit.course_id,
            ended_reason=visit.ended_reason,
            ended_at=visit.ended_at,
            clearance=clearance,
        )


class VisitPage(Answer):
    """Visits by start."""

    items: list[VisitView]
    next_cursor: str | None


class CheckInBody(Body):
    """What is known of the patient at the desk."""

    escort_confirmed: bool = Field(description="somebody is confirmed for the way home")
    fasting: Fasting | None = Field(default=None, description="null where it was not asked")
    screen: Screen | None = Field(
        default=None, description="the suicide-risk screen since the last visit; null: not done"
    )
    consent_reaffirmed: bool = Field(
        default=False, description="the patient said at the desk that the consent stands"
    )


class MostDosesView(Answer):
    """So many visits of a kind within so many calendar days, at most."""

    count: int
    days: int

    @classmethod
    def of(cls, most: MostDoses | None) -> "MostDosesView | None":
        """The view of a bound, where there is one."""
        return None if most is None else cls(count=most.count, days=most.days)


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
    equipment: list[str] = Field(description="kinds of equipment, one piece of each")
    interval_hours: int = Field(description="from its start to the patient's next dosing visit")
    monitor: Role | None
    emergency_lead: list[str] = Field(description="credentials that one of the team holds")
    most_doses: MostDosesView | None

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
            equipment=list(kind.equipment),
            interval_hours=kind.interval_hours,
            monitor=kind.monitor,
            emergency_lead=list(kind.emergency_lead),
            most_doses=MostDosesView.of(kind.most_doses),
        )


class VisitTypeList(Answer):
    """All kinds of visits."""

    items: list[VisitTypeView]
