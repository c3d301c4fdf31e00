"""A one-time link by which a patient fills in questionnaires alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from intake.domain.record_errors import LinkEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """It opens these instruments for this patient, can be put down and taken up again, and ends
    with the last one completed, with its time, or when somebody ends it."""

    id: UUID
    patient_id: UUID
    instruments: tuple[str, ...]
    created_by: UUID
    created_at: datetime
    expires_at: datetime
    # The assessment of each instrument that was begun.
    assessments: Mapping[str, UUID] = field(default_factory=lambda: MappingProxyType({}))
    ended_at: datetime | None = None
    version: int = 1

    def works(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.ended_at is None and now < self.expires_at

    def begun(self, instrument: str, assessment_id: UUID) -> "Link":
        """The link with an assessment begun."""
        known = {**self.assessments, instrument: assessment_id}
        return replace(self, assessments=known, version=self.version + 1)

    def end(self, at: datetime) -> "Link":
        """The link, ended. Raises LinkEnded."""
        if self.ended_at is not None:
            raise LinkEnded
        return replace(self, ended_at=at, version=self.version + 1)
