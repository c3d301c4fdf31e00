"""One filled-in occasion of an instrument."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from intake.domain.assessment_errors import AssessmentNotCompleted, AssessmentUnanswered
from intake.domain.errors import AssessmentCompleted
from intake.domain.instrument import Instrument, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Answered item by item, resumable, scored once when it is completed."""

    id: UUID
    patient_id: UUID
    instrument: str
    instrument_version: str
    started_at: datetime
    answers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    completed_at: datetime | None = None
    result: Result | None = None
    recall_overlaps_dose: bool = False
    entered: bool = False  # totals read off a licensed form, without all answers
    rescores: UUID | None = None  # the assessment whose answers these are
    version: int = 1

    def answer(self, item: str, value: int, instrument: Instrument) -> "Assessment":
        """With this answer, which replaces an earlier one of the same item.

        Raises AssessmentCompleted, UnknownItem, ValueNotOffered.
        """
        if self.completed_at is not None:
            raise AssessmentCompleted
        instrument.check_answer(item, value)
        return replace(self, answers={**self.answers, item: value}, version=self.version + 1)

    def complete(
        self,
        result: Result,
        *,
        at: datetime,
        last_dose_at: datetime | None,
        recall_window_days: int,
    ) -> "Assessment":
        """Scored and closed. Raises AssessmentCompleted."""
        if self.completed_at is not None:
            raise AssessmentCompleted
        return replace(
            self,
            completed_at=at,
            result=result,
            recall_overlaps_dose=overlaps(last_dose_at, at, recall_window_days),
            version=self.version + 1,
        )

    def rescored(
        self, new_id: UUID, instrument: Instrument, sex: str, at: datetime
    ) -> "Assessment":
        """A new record of the same answers, scored by another version. This one stays as it is.

        Raises AssessmentNotCompleted, AssessmentUnanswered, UnknownItem, AssessmentIncomplete.
        """
        if self.completed_at is None or self.result is None:
            raise AssessmentNotCompleted
        if self.entered:
            raise AssessmentUnanswered
        for item, value in self.answers.items():
            instrument.check_answer(item, value)
        score = instrument.prorated_result if self.result.prorated else instrument.result
        return replace(
            self,
            id=new_id,
            instrument_version=instrument.version,
            result=score(self.answers, sex),
            rescores=self.id,
            started_at=at,
            version=1,
        )


def overlaps(last_dose_at: datetime | None, at: datetime, recall_window_days: int) -> bool:
    """Whether a dose lies within the time the questions ask about."""
    return last_dose_at is not None and last_dose_at > at - timedelta(days=recall_window_days)
