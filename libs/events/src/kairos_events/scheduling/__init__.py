"""Public events of scheduling: who, where, when and with whom."""

from kairos_events.scheduling.credential_recorded_v1 import CredentialRecordedV1, CredentialStatus
from kairos_events.scheduling.practitioner_registered_v1 import PractitionerRegisteredV1
from kairos_events.scheduling.staff_member import Staff, StaffMember
from kairos_events.scheduling.visit_booked_v1 import VisitBookedV1
from kairos_events.scheduling.visit_checked_in_v1 import VisitCheckedInV1
from kairos_events.scheduling.visit_held_v1 import VisitHeldV1
from kairos_events.scheduling.visit_released_v1 import VisitReleasedV1

__all__ = [
    "CredentialRecordedV1",
    "CredentialStatus",
    "PractitionerRegisteredV1",
    "Staff",
    "StaffMember",
    "VisitBookedV1",
    "VisitCheckedInV1",
    "VisitHeldV1",
    "VisitReleasedV1",
]
