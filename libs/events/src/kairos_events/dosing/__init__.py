"""Public events of dosing: what was given and seen, and what was refused."""

from kairos_events.dosing.administration_refused_v1 import AdministrationRefusedV1
from kairos_events.dosing.dose_administered_v1 import DoseAdministeredV1
from kairos_events.dosing.observation_recorded_v1 import ObservationRecordedV1
from kairos_events.dosing.session_aborted_v1 import SessionAbortedV1
from kairos_events.dosing.session_discharged_v1 import SessionDischargedV1
from kairos_events.dosing.session_opened_v1 import SessionOpenedV1

__all__ = [
    "AdministrationRefusedV1",
    "DoseAdministeredV1",
    "ObservationRecordedV1",
    "SessionAbortedV1",
    "SessionDischargedV1",
    "SessionOpenedV1",
]
