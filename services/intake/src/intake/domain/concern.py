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


class Origin(StrEnum):
    """Where a concern comes from. Only one from an assessment has an `assessment_id`."""

    ASSESSMENT = "assessment"
    RED_FLAG = "red_flag"
    ADVERSE_EVENT = "adverse_event"


class Release(StrEnum):
    """What ends the block on dosing."""

    ACKNOWLEDGEMENT = "acknowledgement"
    CLEARING = "clearing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """While it blocks dosing, no route is cleared for the patient."""

    id: UUID
    patient_id: UUID
    assessment_id: UUID | None
    trigger: str
    severity: Severity
    release: Release
    raised_at: datetime
    origin: Origin = Origin.ASSESSMENT
    origin_id: UUID | None = None  # the other service's record, for one from there
    unattended: bool = False  # answered by the patient alone, with nobody beside them
    blocks_dosing: bool = True
    escalation_step: int = 0
    escalated_at: datetime | None = None
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

    def escalate(self, step: int, *, at: datetime) -> "Concern":
        """The concern, one step further up. Raises ConcernAcknowledged."""
        if self.acknowledged_at is not None:
            raise ConcernAcknowledged
        return replace(self, escalation_step=step, escalated_at=at, version=self.version + 1)

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
