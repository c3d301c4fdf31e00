"""A dosing session ended without a dose, in a form that may be decided by."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from kairos_events.dosing.session_aborted_v1 import SessionAbortedV1
from kairos_events.fields import Code, Instant, Route
from kairos_events.model import PublicEvent


class AbortCause(StrEnum):
    """What kept the session from going on. Closed."""

    PATIENT_CHOICE = "patient_choice"
    PATIENT_STATE = "patient_state"
    CLEARANCE = "clearance"
    OTHER = "other"


_CAUSES = {
    "patient_declined": AbortCause.PATIENT_CHOICE,
    "vital_signs": AbortCause.PATIENT_STATE,
    "safety_concern": AbortCause.PATIENT_STATE,
    "not_cleared": AbortCause.CLEARANCE,
}


class SessionAbortedV2(
    PublicEvent,
    type="dosing.session_aborted.v2",
    topic="dosing.events",
    key="patient_id",
    beside="dosing.session_aborted.v1",
):
    """A dosing session ended without a dose.

    Published when a clinician calls the session off before anything was given. Version 1 told why
    by an open code alone, which nobody may decide by; this one adds a closed cause, and who called
    the session off.
    """

    session_id: UUID
    """The dosing session."""
    visit_id: UUID
    """The visit in scheduling."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    site_id: UUID
    """The clinic location."""
    route: Route
    """How ketamine was to be given."""
    cause: AbortCause
    """What kept it from going on; what another service decides goes by this."""
    reason: Code
    """Why it was called off, from dosing's policy. Open: expect new ones."""
    aborted_by: UUID | None
    """The user who called it off; null for what version 1 told, which did not say."""
    aborted_at: Instant
    """When it was called off."""

    def as_previous(self) -> SessionAbortedV1:
        """The same without cause and person."""
        return SessionAbortedV1(
            session_id=self.session_id,
            visit_id=self.visit_id,
            patient_id=self.patient_id,
            site_id=self.site_id,
            route=self.route,
            reason=self.reason,
            aborted_at=self.aborted_at,
        )

    @classmethod
    def from_previous(cls, told: Mapping[str, Any]) -> dict[str, Any]:
        """The cause follows from the reason; who called it off was not told."""
        return {**told, "cause": cause_of(told["reason"]).value, "aborted_by": None}


def cause_of(reason: str) -> AbortCause:
    """The cause that a reason stands for; a reason that is not known here is another one."""
    return _CAUSES.get(reason, AbortCause.OTHER)
