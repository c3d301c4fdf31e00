"""A safety concern: raised by an answer, taken up by a clinician, cleared by a prescriber."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from intake.domain.errors import ConcernAcknowledged, ConcernNotAcknowledged, ConcernReleased


class Severity(StrEnum):
    """How grave the trigger is by its rule."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class Release(StrEnum):
    """What ends the block on dosing."""

    ACKNOWLEDGEMENT = "acknowledgement"
    CLEARING = "clearing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """While it blocks dosing, no route is cleared for the patient."""

    id: UUID
    patient_id: UUID
    assessment_id: UUID
    trigger: str
    severity: Severity
    release: Release
    raised_at: datetime
    blocks_dosing: bool = True
    acknowledged_at: datetime | None = None
    acknowledged_by: UUID | None = None
    acknowledgement_reason: str | None = None
    cleared_at: datetime | None = None
    cleared_by: UUID | None = None
    clearing_reason: str | None = None
    version: int = 1

    def acknowledge(self, *, by: UUID, at: datetime, reason: str) -> "Concern":
        """The concern, taken up. Raises ConcernAcknowledged."""
        if self.acknowledged_at is not None:
            raise ConcernAcknowledged
        return replace(
            self,
            acknowledged_at=at,
            acknowledged_by=by,
            acknowledgement_reason=reason,
            blocks_dosing=self.release is Release.CLEARING,
            version=self.version + 1,
        )

    def clear(self, *, by: UUID, at: datetime, reason: str) -> "Concern":
        """The concern, cleared. Raises ConcernNotAcknowledged, ConcernReleased."""
        if self.acknowledged_at is None:
            raise ConcernNotAcknowledged
        if not self.blocks_dosing:
            raise ConcernReleased
        return replace(
            self,
            cleared_at=at,
            cleared_by=by,
            clearing_reason=reason,
            blocks_dosing=False,
            version=self.version + 1,
        )
