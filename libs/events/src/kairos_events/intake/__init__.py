"""Public events of intake: who the patient is, whether they may be treated, what they agreed to."""

from kairos_events.intake.assessment_completed_v1 import AssessmentCompletedV1, AssessmentScore
from kairos_events.intake.care_team_changed_v1 import CareTeamChangedV1
from kairos_events.intake.clearance_changed_v1 import ClearanceChangedV1, RouteClearance
from kairos_events.intake.consent_reaffirmed_v1 import ConsentReaffirmedV1
from kairos_events.intake.consent_revoked_v1 import ConsentRevokedV1
from kairos_events.intake.consent_signed_v1 import ConsentSignedV1
from kairos_events.intake.eligibility_decided_v1 import EligibilityDecidedV1, EligibilityOutcome
from kairos_events.intake.patient_erased_v1 import PatientErasedV1
from kairos_events.intake.patient_merged_v1 import PatientMergedV1
from kairos_events.intake.patient_registered_v1 import PatientRegisteredV1
from kairos_events.intake.patient_unmerged_v1 import PatientUnmergedV1
from kairos_events.intake.pdmp_checked_v1 import PdmpCheckedV1
from kairos_events.intake.safety_concern_acknowledged_v1 import SafetyConcernAcknowledgedV1
from kairos_events.intake.safety_concern_escalated_v1 import SafetyConcernEscalatedV1
from kairos_events.intake.safety_concern_raised_v1 import ConcernSeverity, SafetyConcernRaisedV1

__all__ = [
    "AssessmentCompletedV1",
    "AssessmentScore",
    "CareTeamChangedV1",
    "ClearanceChangedV1",
    "ConcernSeverity",
    "ConsentReaffirmedV1",
    "ConsentRevokedV1",
    "ConsentSignedV1",
    "EligibilityDecidedV1",
    "EligibilityOutcome",
    "PatientErasedV1",
    "PatientMergedV1",
    "PatientRegisteredV1",
    "PatientUnmergedV1",
    "PdmpCheckedV1",
    "RouteClearance",
    "SafetyConcernAcknowledgedV1",
    "SafetyConcernEscalatedV1",
    "SafetyConcernRaisedV1",
]
