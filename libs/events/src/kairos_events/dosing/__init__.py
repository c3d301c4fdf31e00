"""Public events of dosing: what was given and seen, and what was refused."""

from kairos_events.dosing.administration_refused_v1 import AdministrationRefusedV1
from kairos_events.dosing.administration_started_v1 import AdministrationStartedV1
from kairos_events.dosing.administration_stopped_v1 import AdministrationStoppedV1
from kairos_events.dosing.adverse_event_recorded_v1 import AdverseEventRecordedV1
from kairos_events.dosing.alert_raised_v1 import AlertRaisedV1
from kairos_events.dosing.break_glass_used_v1 import BreakGlassUsedV1
from kairos_events.dosing.device_readings_recorded_v1 import DeviceReadingsRecordedV1
from kairos_events.dosing.dose_administered_v1 import DoseAdministeredV1
from kairos_events.dosing.exposure_changed_v1 import ExposureChangedV1
from kairos_events.dosing.follow_up_requested_v1 import FollowUpRequestedV1
from kairos_events.dosing.lot_recalled_v1 import LotRecalledV1
from kairos_events.dosing.lot_released_v1 import LotReleasedV1
from kairos_events.dosing.misuse_signal_raised_v1 import MisuseSignalRaisedV1
from kairos_events.dosing.observation_recorded_v1 import ObservationRecordedV1
from kairos_events.dosing.session_aborted_v1 import SessionAbortedV1
from kairos_events.dosing.session_aborted_v2 import SessionAbortedV2
from kairos_events.dosing.session_discharged_v1 import SessionDischargedV1
from kairos_events.dosing.session_left_against_advice_v1 import SessionLeftAgainstAdviceV1
from kairos_events.dosing.session_opened_v1 import SessionOpenedV1

__all__ = [
    "AdministrationRefusedV1",
    "AdministrationStartedV1",
    "AdministrationStoppedV1",
    "AdverseEventRecordedV1",
    "AlertRaisedV1",
    "BreakGlassUsedV1",
    "DeviceReadingsRecordedV1",
    "DoseAdministeredV1",
    "ExposureChangedV1",
    "FollowUpRequestedV1",
    "LotRecalledV1",
    "LotReleasedV1",
    "MisuseSignalRaisedV1",
    "ObservationRecordedV1",
    "SessionAbortedV1",
    "SessionAbortedV2",
    "SessionDischargedV1",
    "SessionLeftAgainstAdviceV1",
    "SessionOpenedV1",
]
