"""Courses on the wire."""

from datetime import date, time
from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Day, Instant
from pydantic import Field

from scheduling.domain.course import Aim, Protocol
from scheduling.domain.course_plan import Option, PatientWishes
from scheduling.domain.opening import Span
from scheduling.domain.practitioner import Role
from scheduling.http.schemas.hours import ClockTime
from scheduling.http.schemas.visits import VisitView
from scheduling.store.courses import Course, StoredProposal


class SpanBody(Body):
    """A time when the patient cannot come."""

    starts_at: Instant
    ends_at: Instant


Spans = Annotated[list[SpanBody], Field(max_length=50)]
Sites = Annotated[list[UUID], Field(min_length=1, max_length=20)]
Weekdays = Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)]


class CourseBody(Body):
    """The course that is wanted, and what the patient said."""

    patient_id: UUID
    protocol: Code
    starts_on: Day = Field(description="the first visit is on this day or a few days later")
    site_ids: Sites = Field(description="in order of preference")
    step_sites: dict[Code, UUID] = Field(
        default={}, description="steps that take place at another site", max_length=40
    )
    unavailable: Spans = Field(default=[])
    weekdays: Weekdays = Field(default=[1, 2, 3, 4, 5, 6, 7], description="1 is Monday")
    earliest: ClockTime = Field(default=time(0), json_schema_extra={"default": "00:00"})
    latest: ClockTime = Field(default=time(23, 59), json_schema_extra={"default": "23:59"})
    preferred_time: ClockTime | None = None
    therapist: UUID | None = Field(default=None, description="preferred")

    def wishes(self) -> PatientWishes:
        """What the patient cannot or would rather not."""
        return PatientWishes(
            unavailable=[Span(one.starts_at, one.ends_at) for one in self.unavailable],
            weekdays=frozenset(self.weekdays),
            earliest=self.earliest,
            latest=self.latest,
            preferred_time=self.preferred_time,
            therapist=self.therapist,
        )


class RepairBody(Body):
    """The visit that cannot stay where it is."""

    visit_id: UUID
    unavailable: Spans = Field(default=[])


class ChoiceBody(Body):
    """The plan that was chosen."""

    proposal_id: UUID
    option: Annotated[int, Field(ge=1, le=10)]


class ReasonView(Answer):
    """What speaks for a plan: so many of so many."""

    code: str
    count: int
    of: int


class PlannedVisitView(Answer):
    """One step of a plan."""

    step: str
    visit_type: str
    site_id: UUID
    starts_at: Instant
    local_on: date
    room_id: UUID | None
    staff: dict[Role, UUID]
    equipment_ids: list[UUID]


class OptionView(Answer):
    """A plan to choose."""

    option: int
    aim: Aim
    reasons: list[ReasonView]
    visits: list[PlannedVisitView]

    @classmethod
    def of(cls, number: int, option: Option) -> "OptionView":
        """The view of a plan."""
        return cls(
            option=number,
            aim=option.aim,
            reasons=[ReasonView(code=r.code, count=r.count, of=r.of) for r in option.reasons],
            visits=[
                PlannedVisitView(
                    step=one.step,
                    visit_type=one.visit_type,
                    site_id=one.site_id,
                    starts_at=one.starts_at,
                    local_on=one.local_on,
                    room_id=one.room_id,
                    staff=dict(one.staff),
                    equipment_ids=list(one.equipment_ids),
                )
                for one in option.visits
            ],
        )


class ProposalView(Answer):
    """Plans to choose from."""

    id: UUID
    protocol: str
    protocol_version: str
    course_id: UUID | None
    options: list[OptionView]

    @classmethod
    def of(cls, made: StoredProposal) -> "ProposalView":
        """The view of a proposal."""
        return cls(
            id=made.id,
            protocol=made.protocol,
            protocol_version=made.protocol_version,
            course_id=made.course_id,
            options=[OptionView.of(n, one) for n, one in enumerate(made.options, 1)],
        )


class CourseView(Answer):
    """A booked course."""

    id: UUID
    patient_id: UUID
    protocol: str
    protocol_version: str
    booked_at: Instant
    steps: dict[str, VisitView]

    @classmethod
    def of(cls, course: Course, visits: dict[UUID, VisitView]) -> "CourseView":
        """The view of a course with its visits."""
        return cls(
            id=course.id,
            patient_id=course.patient_id,
            protocol=course.protocol,
            protocol_version=course.protocol_version,
            booked_at=course.booked_at,
            steps={code: visits[visit_id] for code, visit_id in course.steps.items()},
        )


class ProtocolView(Answer):
    """A template of courses."""

    code: str
    version: str
    title: str
    steps: list[dict[str, str]]

    @classmethod
    def of(cls, protocol: Protocol) -> "ProtocolView":
        """The view of a protocol."""
        steps = [{"code": one.code, "visit_type": one.visit_type} for one in protocol.steps]
        return cls(code=protocol.code, version=protocol.version, title=protocol.title, steps=steps)


class ProtocolList(Answer):
    """The courses there are."""

    items: list[ProtocolView]
