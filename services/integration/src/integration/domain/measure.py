"""Rating scales that fall due, and what meets them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from integration.domain.errors import CheckTooEarly, MeasureEnded, MetByScale


class Anchor(StrEnum):
    """What the days are counted from."""

    REGISTRATION = "registration"
    FIRST_DOSE = "first_dose"
    VISIT = "visit"
    DOSING_VISIT = "dosing_visit"
    COURSE_END = "course_end"


class MeasureState(StrEnum):
    """Where it stands."""

    OPEN = "open"
    MET = "met"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One line of the schedule: these scales, so many days after the anchor."""

    instruments: tuple[str, ...]
    anchor: Anchor
    occasion: str
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureSchedule:
    """When which scale is due; policy data."""

    version: str
    overdue_after: timedelta
    early: timedelta
    lines: tuple[Planned, ...]
    checks: frozenset[str]  # what somebody does and charts: no rating scale meets it
    dosing_visit_types: frozenset[str]

    def anchors_of(self, visit_type: str) -> tuple[Anchor, ...]:
        """What is asked at a visit of this type."""
        dosing = visit_type in self.dosing_visit_types
        return (Anchor.VISIT, Anchor.DOSING_VISIT) if dosing else (Anchor.VISIT,)

    def check_done(self, measure: "Measure", at: datetime) -> None:
        """Whether a check may be noted as done. Raises MetByScale, CheckTooEarly."""
        if measure.instrument not in self.checks:
            raise MetByScale
        if measure.due_at - self.early > at:
            raise CheckTooEarly

    def due(self, anchor: Anchor, at: datetime, zone: str) -> Iterator[tuple[str, str, datetime]]:
        """Instrument, occasion and due time of everything that follows from an anchor."""
        for line in self.lines:
            if line.anchor is anchor:
                for day in line.days:
                    due_at = days_later(at, day, zone)
                    occasion = line.occasion if len(line.days) == 1 else f"{line.occasion}_{day}"
                    yield from ((one, occasion, due_at) for one in line.instruments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One scale that one patient shall fill in by a time."""

    id: UUID
    patient_id: UUID
    instrument: str
    occasion: str
    anchor_id: UUID
    due_at: datetime
    announced_at: datetime | None = None
    state: MeasureState = MeasureState.OPEN
    met_by: UUID | None = None  # the assessment, or for a check the entry of the chart
    version: int = 1

    def announce(self, at: datetime) -> "Measure":
        """The measure, told to whoever sends it out."""
        return replace(self, announced_at=at, version=self.version + 1)

    def move(self, due_at: datetime) -> "Measure":
        """The measure at another time, to be announced anew."""
        return replace(self, due_at=due_at, announced_at=None, version=self.version + 1)

    def meet(self, assessment_id: UUID) -> "Measure":
        """The measure, filled in."""
        return self._end(MeasureState.MET, assessment_id)

    def cancel(self) -> "Measure":
        """The measure, no longer wanted."""
        return self._end(MeasureState.CANCELLED, None)

    def done(self, charted_in: UUID) -> "Measure":
        """The check, done; that entry of the chart says what was found. Raises MeasureEnded."""
        if self.state is not MeasureState.OPEN:
            raise MeasureEnded
        return self._end(MeasureState.MET, charted_in)

    def _end(self, state: MeasureState, met_by: UUID | None) -> "Measure":
        return replace(self, state=state, met_by=met_by, version=self.version + 1)


def met_by(
    measures: Sequence[Measure], instrument: str, completed_at: datetime, early: timedelta
) -> list[Measure]:
    """The open measures that a scale completed at that time fills in: due, or nearly."""
    return [
        one
        for one in measures
        if one.instrument == instrument
        and one.state is MeasureState.OPEN
        and one.due_at - early <= completed_at
    ]


def days_later(at: datetime, days: int, zone: str) -> datetime:
    """The same time on the wall of that zone, so many days later, whatever its clocks do."""
    local = at.astimezone(ZoneInfo(zone))
    return (local + timedelta(days=days)).astimezone(at.tzinfo)
