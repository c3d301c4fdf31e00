"""Adverse events: graded, coded, followed to resolution; serious ones have a clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Grade(StrEnum):
    """How severe: mild, moderate, severe, life-threatening, fatal (CTCAE's five grades)."""

    MILD = "1"
    MODERATE = "2"
    SEVERE = "3"
    LIFE_THREATENING = "4"
    FATAL = "5"


class Seriousness(StrEnum):
    """What makes an event serious (21 CFR 312.32(a))."""

    DEATH = "death"
    LIFE_THREATENING = "life_threatening"
    HOSPITALISATION = "hospitalisation"
    DISABILITY = "disability"
    CONGENITAL_ANOMALY = "congenital_anomaly"
    IMPORTANT_MEDICAL_EVENT = "important_medical_event"


class Outcome(StrEnum):
    """How it stands."""

    ONGOING = "ongoing"
    RESOLVING = "resolving"
    RESOLVED = "resolved"
    RESOLVED_WITH_SEQUELAE = "resolved_with_sequelae"
    FATAL = "fatal"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPolicy:
    """By when a serious event is reported; policy data."""

    fatal_within: timedelta
    serious_within: timedelta
    not_tolerated_from: str  # from this grade on the dose counts as not tolerated


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEvent:
    """One version of the record. The newest counts; none is ever changed."""

    adverse_event_id: UUID
    version: int
    patient_id: UUID
    session_id: UUID | None
    site_id: UUID
    code: str
    grade: Grade
    seriousness: tuple[str, ...]
    narrative: str  # stays in this service: never in an event
    outcome: Outcome
    onset_at: datetime
    resolved_at: datetime | None
    report_due_at: datetime | None
    reported_at: datetime | None
    report_reference: str | None
    recorded_by: UUID
    recorded_at: datetime

    @property
    def serious(self) -> bool:
        """Whether it has to be reported."""
        return bool(self.seriousness) or self.grade in (Grade.LIFE_THREATENING, Grade.FATAL)


def report_due(
    grade: Grade, seriousness: tuple[str, ...], known_at: datetime, policy: ReportPolicy
) -> datetime | None:
    """By when it has to be reported, counted from when it became known as serious."""
    grave = {Seriousness.DEATH.value, Seriousness.LIFE_THREATENING.value}
    if grade in (Grade.LIFE_THREATENING, Grade.FATAL) or grave & set(seriousness):
        return known_at + policy.fatal_within
    return known_at + policy.serious_within if seriousness else None
