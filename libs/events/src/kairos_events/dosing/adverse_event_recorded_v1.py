"""An adverse event was recorded, or what is known of it has changed."""

from enum import StrEnum
from uuid import UUID

from kairos_events.fields import Code, Instant, Version
from kairos_events.model import PublicEvent


class AdverseEventGrade(StrEnum):
    """How severe an adverse event is, 1 mild to 5 fatal (CTCAE's five grades). Closed."""

    MILD = "1"
    MODERATE = "2"
    SEVERE = "3"
    LIFE_THREATENING = "4"
    FATAL = "5"


class AdverseEventRecordedV1(
    PublicEvent,
    type="dosing.adverse_event_recorded.v1",
    topic="dosing.events",
    key="patient_id",
):
    """An adverse event was recorded, or what is known of it has changed.

    Published with the first record and with every later version of it: a consumer keeps the
    newest version. Partners and medical directors follow it; a serious one has a clock until it
    is reported.
    """

    adverse_event_id: UUID
    """The adverse event."""
    version: Version
    """Grows by one with every version of the record."""
    session_id: UUID | None
    """The dosing session it followed; null where none is known."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    site_id: UUID
    """The clinic location."""
    code: Code
    """What happened: an open code, e.g. `hypertension`, `dissociation_over_24_h`."""
    grade: AdverseEventGrade
    """How severe it was."""
    serious: bool
    """Whether it was fatal, life-threatening, disabling or led to a hospital."""
    onset_at: Instant
    """When it began."""
    resolved_at: Instant | None
    """When it was over; null while it lasts."""
    report_due_at: Instant | None
    """By when a serious one has to be reported; null for another."""
    recorded_at: Instant
    """When this version was recorded."""
