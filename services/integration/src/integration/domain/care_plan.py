"""What is planned for a patient, version by version; the plan after a course is one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class PlanKind(StrEnum):
    """What the plan is for."""

    TREATMENT = "treatment"
    AFTER_CARE = "after_care"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePlan:
    """One version of a plan: the newest one of a kind holds."""

    id: UUID
    patient_id: UUID
    kind: PlanKind
    number: int
    indication: str | None
    zone: str  # the patient's, for what falls due by the day
    plan: Mapping[str, Any]
    author_id: UUID
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseEnd:
    """A course of treatment is over; what follows is counted from here."""

    id: UUID
    patient_id: UUID
    ended_at: datetime
    noted_by: UUID
    noted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMessage:
    """Words of one member of the team to the others, about a patient."""

    id: UUID
    patient_id: UUID
    author_id: UUID
    answers: UUID | None
    words: str
    sent_at: datetime
