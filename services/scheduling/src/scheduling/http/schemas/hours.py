"""Hours, closures and equipment on the wire."""

import re
from datetime import date, time
from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Day, Instant
from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from scheduling.domain.opening import Closure, ResourceKind, WeeklyHours
from scheduling.domain.site import Equipment
from scheduling.http.schemas.sites import Name

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def _clock(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _CLOCK.fullmatch(value):
        raise ValueError("must be written HH:MM")
    return time.fromisoformat(value)


def _text(value: time) -> str:
    return value.strftime("%H:%M")


ClockTime = Annotated[
    time,
    BeforeValidator(_clock),
    PlainSerializer(_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
]
"""A local time of day, `09:30`."""


class HoursOfDayBody(Body):
    """Hours of one weekday, in the site's local time."""

    weekday: Annotated[int, Field(ge=1, le=7, description="1 is Monday, as in ISO 8601")]
    opens_at: ClockTime
    closes_at: ClockTime


class WeekBody(Body):
    """The week from a day on; it takes the place of what was said before."""

    valid_from: Day
    valid_until: Day | None = None
    week: Annotated[list[HoursOfDayBody], Field(max_length=42)]


class PresenceBody(WeekBody):
    """When a practitioner is at a site."""

    site_id: UUID


class HoursView(Answer):
    """Hours of one weekday, in the site's local time."""

    site_id: UUID
    practitioner_id: UUID | None
    weekday: int
    opens_at: ClockTime
    closes_at: ClockTime
    valid_from: date
    valid_until: date | None

    @classmethod
    def of(cls, hours: WeeklyHours) -> "HoursView":
        """The view of a day's hours."""
        return cls(**{name: getattr(hours, name) for name in WeeklyHours.__slots__})


class HoursList(Answer):
    """Hours by weekday."""

    items: list[HoursView]


class WeekView(HoursList):
    """Hours that were set, and what became of the visits that no longer fall into them."""

    reassigned: list[UUID] = Field(description="visits that take place with somebody else")
    held: list[UUID] = Field(description="visits on hold, each with an owner")


class ClosureBody(Body):
    """A time when something or somebody is not there."""

    kind: ResourceKind
    resource_id: UUID
    starts_at: Instant
    ends_at: Instant
    reason: Code


class ClosureView(Answer):
    """A closure, and what became of the visits it broke."""

    id: UUID
    kind: ResourceKind
    resource_id: UUID
    starts_at: Instant
    ends_at: Instant
    reason: str
    reassigned: list[UUID] = Field(description="visits that take place with somebody else")
    held: list[UUID] = Field(description="visits on hold, each with an owner")

    @classmethod
    def of(cls, closure: Closure, reassigned: list[UUID], held: list[UUID]) -> "ClosureView":
        """The view of a closure."""
        return cls(
            id=closure.id,
            kind=closure.kind,
            resource_id=closure.resource_id,
            starts_at=closure.span.starts_at,
            ends_at=closure.span.ends_at,
            reason=closure.reason,
            reassigned=reassigned,
            held=held,
        )


class EquipmentBody(Body):
    """A piece of equipment that visits can need."""

    kind: Code
    name: Name


class EquipmentView(Answer):
    """A piece of equipment at a site."""

    id: UUID
    site_id: UUID
    kind: str
    name: str

    @classmethod
    def of(cls, piece: Equipment) -> "EquipmentView":
        """The view of a piece."""
        return cls(id=piece.id, site_id=piece.site_id, kind=piece.kind, name=piece.name)


class EquipmentList(Answer):
    """The equipment of a site."""

    items: list[EquipmentView]


class TimeDataView(Answer):
    """Which time-zone data local times are computed with."""

    tzdata_version: str = Field(description="IANA release, e.g. 2026b")
    rule_skipped: str = "moved on by the length of the gap"
    rule_ambiguous: str = "the first of the two"
