"""What every service but intake hears of a patient: who is erased, and who cares for them."""

from kairos_chassis.care_team import KEPT, CareTeamChanged, keep_team
from kairos_chassis.erasure import Erasure, PatientErased

__all__ = ["KEPT", "CareTeamChanged", "Erasure", "PatientErased", "keep_team"]
