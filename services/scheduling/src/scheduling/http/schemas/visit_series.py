"""Weekly series on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer
from kairos_events.fields import Instant
from pydantic import Field

from scheduling.domain.local_time import ClockChange
from scheduling.domain.visit_series import VisitSeries
from scheduling.http.schemas.hours import ClockTime
from scheduling.http.schemas.visits import VisitBody, VisitView


class SeriesBody(VisitBody):
    """The first visit of a series, and how often it comes again."""

    every_weeks: Annotated[int, Field(ge=1, le=12)] = 1
    count: Annotated[int, Field(ge=2, le=52)]


class SeriesVisitView(Answer):
    """One visit of a series."""

    number: int
    clock_change: ClockChange = Field(
        description="what a change of the clocks did to its time: skipped times are moved on by"
        " the gap, of ambiguous ones the first counts"
    )
    visit: VisitView


class SeriesView(Answer):
    """A weekly series: the same weekday and time at the site."""

    id: UUID
    patient_id: UUID
    site_id: UUID
    visit_type: str
    zone: str
    first_on: date
    clock: ClockTime
    every_weeks: int
    tzdata_version: str = Field(description="the time-zone data that made instants of it")
    booked_at: Instant
    visits: list[SeriesVisitView]

    @classmethod
    def of(cls, series: VisitSeries, found: dict[UUID, VisitView]) -> "SeriesView":
        """The view of a series with its visits."""
        values = {name: getattr(series, name) for name in cls.model_fields if name != "visits"}
        visits = [
            SeriesVisitView(
                number=one.number, clock_change=one.clock_change, visit=found[one.visit_id]
            )
            for one in series.visits
        ]
        return cls(**values, visits=visits)
