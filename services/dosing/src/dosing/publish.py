"""From a domain fact to the public event that tells it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kairos_events import dosing as told
from kairos_events.dosing.adverse_event_recorded_v1 import AdverseEventGrade
from kairos_events.dosing.device_readings_recorded_v1 import DeviceReading as ReadingOfDevice
from kairos_events.dosing.session_aborted_v2 import cause_of
from kairos_events.fields import Route
from kairos_events.model import PublicEvent

from dosing.domain.adverse_event import AdverseEvent
from dosing.domain.alerts import Alert
from dosing.domain.break_glass import BreakGlass
from dosing.domain.dose import GivenDose
from dosing.domain.exposure import History
from dosing.domain.follow_up import FollowUp
from dosing.domain.infusion import Infusion
from dosing.domain.misuse import MisuseSignal
from dosing.domain.observation import Observation
from dosing.domain.order import Order
from dosing.domain.quarantine import Quarantine
from dosing.domain.series import DeviceReading
from dosing.domain.session import Session

_SIGNS = (
    "systolic_mmhg",
    "diastolic_mmhg",
    "heart_rate_bpm",
    "spo2_percent",
    "respiratory_rate_bpm",
    "moaas",
)


def _same(thing: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def _place(session: Session) -> dict[str, UUID]:
    return {
        "session_id": session.id,
        "patient_id": session.patient_id,
        "site_id": session.site_id,
    }


def _visit(session: Session) -> dict[str, Any]:
    return {
        **_place(session),
        "visit_id": session.visit_id,
        "route": Route(session.route),
    }


def session_opened(session: Session) -> told.SessionOpenedV1:
    """A session has begun."""
    return told.SessionOpenedV1(**_visit(session), opened_at=session.opened_at)


def administration_refused(
    session: Session, rules: Sequence[str], at: datetime
) -> told.AdministrationRefusedV1:
    """The gate refused."""
    return told.AdministrationRefusedV1(
        session_id=session.id, patient_id=session.patient_id, rules=tuple(rules), refused_at=at
    )


def dose_administered(session: Session, order: Order, given: GivenDose) -> told.DoseAdministeredV1:
    """A dose was given."""
    return told.DoseAdministeredV1(
        dose_id=given.id,
        **_visit(session),
        product=order.product,
        amount_mg=given.amount_mg,
        administered_at=given.administered_at,
        clearance_version=given.clearance_version,
        mg_per_kg=order.per_kg(given.amount_mg),
    )


def observation_recorded(taken: Observation) -> told.ObservationRecordedV1:
    """Vital signs were taken."""
    seen = taken.readings
    return told.ObservationRecordedV1(
        observation_id=taken.id,
        **_same(taken, "session_id", "patient_id", "observed_at", "minutes_since_first_dose"),
        **_same(seen, *_SIGNS),
    )


def session_aborted(session: Session, reason: str, by: UUID, at: datetime) -> told.SessionAbortedV2:
    """The session was called off before a dose."""
    return told.SessionAbortedV2(
        **_visit(session), cause=cause_of(reason), reason=reason, aborted_by=by, aborted_at=at
    )


def session_discharged(session: Session, at: datetime) -> told.SessionDischargedV1:
    """The patient has left."""
    assert session.first_dose_at is not None
    assert session.last_dose_at is not None
    return told.SessionDischargedV1(
        **_visit(session),
        first_dose_at=session.first_dose_at,
        last_dose_at=session.last_dose_at,
        discharged_at=at,
    )


def administration_started(
    session: Session, order: Order | None, started: Infusion
) -> told.AdministrationStartedV1:
    """An infusion runs."""
    assert order is not None
    return told.AdministrationStartedV1(
        administration_id=started.id,
        **_visit(session),
        product=order.product,
        planned_mg=started.planned_mg,
        started_at=started.events[0].occurred_at,
        clearance_version=started.clearance_version,
    )


def administration_stopped(
    session: Session, reason: str, at: datetime, *, automatic: bool
) -> told.AdministrationStoppedV1:
    """No more drug is given."""
    return told.AdministrationStoppedV1(
        **_place(session), reason=reason, automatic=automatic, stopped_at=at
    )


def alert_raised(alert: Alert) -> told.AlertRaisedV1:
    """A reading is out of range, or missing."""
    return told.AlertRaisedV1(
        alert_id=alert.id,
        **_same(alert, "session_id", "patient_id", "site_id", "code", "raised_at"),
        severity=alert.severity.value,
    )


def break_glass_used(
    session: Session, glass: BreakGlass, known_as_of: datetime, at: datetime
) -> told.BreakGlassUsedV1:
    """A dose was given although intake could not be asked."""
    return told.BreakGlassUsedV1(
        break_glass_id=glass.id,
        **_place(session),
        reason=glass.reason.value,
        projection_lag_seconds=max(0, int((at - known_as_of).total_seconds())),
        used_at=at,
    )


def exposure_changed(patient_id: UUID, history: History, at: datetime) -> told.ExposureChangedV1:
    """What a patient was given over time has changed."""
    newest = history.doses[-1]
    return told.ExposureChangedV1(
        patient_id=patient_id,
        exposure_version=len(history.doses),
        sessions_total=history.sessions_since(None),
        sessions_last_30_days=history.sessions_since(at - timedelta(days=30)),
        cumulative_mg=history.total_mg,
        last_route=Route(newest.route),
        last_dose_at=newest.given_at,
        changed_at=at,
    )


def misuse_signal_raised(signal: MisuseSignal) -> told.MisuseSignalRaisedV1:
    """A person should look at a patient's use of ketamine."""
    assert signal.patient_id is not None
    return told.MisuseSignalRaisedV1(
        signal_id=signal.id,
        patient_id=signal.patient_id,
        code=signal.code,
        reasons=tuple(sorted(signal.reasons)),
        raised_at=signal.raised_at,
    )


def follow_up_requested(owed: FollowUp) -> told.FollowUpRequestedV1:
    """Somebody has to call the patient."""
    return told.FollowUpRequestedV1(
        follow_up_id=owed.id,
        **_same(owed, "session_id", "patient_id", "site_id", "kind", "due_at", "requested_at"),
    )


def session_left_against_advice(
    session: Session, unmet: Sequence[str], at: datetime
) -> told.SessionLeftAgainstAdviceV1:
    """The patient has left before it was safe."""
    assert session.first_dose_at is not None
    assert session.last_dose_at is not None
    return told.SessionLeftAgainstAdviceV1(
        **_visit(session),
        unmet_criteria=tuple(unmet),
        first_dose_at=session.first_dose_at,
        last_dose_at=session.last_dose_at,
        left_at=at,
    )


def adverse_event_recorded(recorded: AdverseEvent) -> told.AdverseEventRecordedV1:
    """An adverse event, or what is known of it by now."""
    return told.AdverseEventRecordedV1(
        **_same(recorded, "adverse_event_id", "version", "session_id", "patient_id", "site_id"),
        **_same(recorded, "code", "onset_at", "resolved_at", "report_due_at", "recorded_at"),
        grade=AdverseEventGrade(recorded.grade.value),
        serious=recorded.serious,
    )


def _lot(found: Quarantine) -> dict[str, str]:
    return {**_same(found, "product", "lot"), "reason": found.reason.value}


def lot_recalled(lot_id: UUID, found: Quarantine) -> PublicEvent:
    """A lot is out of use."""
    return told.LotRecalledV1(lot_id=lot_id, **_lot(found), recalled_at=found.quarantined_at)


def lot_released(lot_id: UUID, found: Quarantine, at: datetime, *, usable: bool) -> PublicEvent:
    """A quarantine of a lot has ended."""
    return told.LotReleasedV1(lot_id=lot_id, **_lot(found), usable=usable, released_at=at)


def device_readings_recorded(
    session: Session, batch_id: UUID, device_id: UUID, new: Sequence[DeviceReading], at: datetime
) -> told.DeviceReadingsRecordedV1:
    """A monitor has sent readings."""
    return told.DeviceReadingsRecordedV1(
        batch_id=batch_id,
        session_id=session.id,
        patient_id=session.patient_id,
        device_id=device_id,
        readings=tuple(
            ReadingOfDevice(read_at=one.read_at, kind=one.kind, value=one.value) for one in new
        ),
        received_at=at,
    )
