"""Public events of scheduling: who, where, when and with whom."""

from kairos_events.scheduling.credential_lapsed_v1 import CredentialLapsedV1
from kairos_events.scheduling.credential_recorded_v1 import CredentialRecordedV1, CredentialStatus
from kairos_events.scheduling.integration_breach_closed_v1 import IntegrationBreachClosedV1
from kairos_events.scheduling.integration_breach_opened_v1 import IntegrationBreachOpenedV1
from kairos_events.scheduling.practitioner_registered_v1 import PractitionerRegisteredV1
from kairos_events.scheduling.staff_member import Staff, StaffMember
from kairos_events.scheduling.visit_booked_v1 import VisitBookedV1
from kairos_events.scheduling.visit_cancelled_v1 import VisitCancelledV1
from kairos_events.scheduling.visit_checked_in_v1 import VisitCheckedInV1
from kairos_events.scheduling.visit_completed_v1 import VisitCompletedV1
from kairos_events.scheduling.visit_held_v1 import VisitHeldV1
from kairos_events.scheduling.visit_missed_v1 import VisitMissedV1
from kairos_events.scheduling.visit_moved_v1 import VisitMovedV1
from kairos_events.scheduling.visit_released_v1 import VisitReleasedV1

__all__ = [
    "CredentialLapsedV1",
    "CredentialRecordedV1",
    "CredentialStatus",
    "IntegrationBreachClosedV1",
    "IntegrationBreachOpenedV1",
    "PractitionerRegisteredV1",
    "Staff",
    "StaffMember",
    "VisitBookedV1",
    "VisitCancelledV1",
    "VisitCheckedInV1",
    "VisitCompletedV1",
    "VisitHeldV1",
    "VisitMissedV1",
    "VisitMovedV1",
    "VisitReleasedV1",
]
