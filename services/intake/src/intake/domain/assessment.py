"""One filled-in occasion of an instrument."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

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
    version: int = 1

    def answer(self, item: str, value: int, instrument: Instrument) -> "Assessment":
        """With this answer, which replaces an earlier one of the same item.

        Raises AssessmentCompleted, UnknownItem, ValueNotOffered.
        """
        if self.completed_at is not None:
            raise AssessmentCompleted
        instrument.check_answer(item, value)
        return replace(self, answers={**self.answers, item: value}, version=self.version + 1)

    def complete(self, instrument: Instrument, *, at: datetime) -> "Assessment":
        """Scored and closed. Raises AssessmentCompleted, AssessmentIncomplete."""
        if self.completed_at is not None:
            raise AssessmentCompleted
        result = instrument.result(self.answers)
        return replace(self, completed_at=at, result=result, version=self.version + 1)
