"""Safety concerns, as asked and answered."""

from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant

from intake.domain.concern import Concern, Origin, Release, Severity


class ReasonBody(Body):
    """A reason from the network's policy."""

    reason: Code


class ConcernView(Answer):
    """A safety concern. `release` says what ends its block on dosing."""

    id: UUID
    patient_id: UUID
    assessment_id: UUID | None
    origin: Origin
    origin_id: UUID | None
    unattended: bool
    escalation_step: int
    escalated_at: Instant | None
    trigger: str
    severity: Severity
    release: Release
    blocks_dosing: bool
    raised_at: Instant
    acknowledged_at: Instant | None
    acknowledged_by: UUID | None
    acknowledgement_reason: str | None
    cleared_at: Instant | None
    cleared_by: UUID | None
    clearing_reason: str | None
    version: int

    @classmethod
    def of(cls, concern: Concern) -> "ConcernView":
        """The view of a concern."""
        return cls(
            id=concern.id,
            patient_id=concern.patient_id,
            assessment_id=concern.assessment_id,
            origin=concern.origin,
            origin_id=concern.origin_id,
            unattended=concern.unattended,
            escalation_step=concern.escalation_step,
            escalated_at=concern.escalated_at,
            trigger=concern.trigger,
            severity=concern.severity,
            release=concern.release,
            blocks_dosing=concern.blocks_dosing,
            raised_at=concern.raised_at,
            acknowledged_at=concern.acknowledged_at,
            acknowledged_by=concern.acknowledged_by,
            acknowledgement_reason=concern.acknowledgement_reason,
            cleared_at=concern.cleared_at,
            cleared_by=concern.cleared_by,
            clearing_reason=concern.clearing_reason,
            version=concern.version,
        )


class ConcernList(Answer):
    """All concerns of a patient, by time."""

    items: list[ConcernView]
