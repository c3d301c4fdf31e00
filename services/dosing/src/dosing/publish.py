"""From a domain fact to the public event that tells it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kairos_events.dosing import (
    AdministrationRefusedV1,
    DoseAdministeredV1,
    ObservationRecordedV1,
    SessionAbortedV2,
    SessionDischargedV1,
    SessionOpenedV1,
)
from kairos_events.dosing.session_aborted_v2 import cause_of
from kairos_events.fields import Route

from dosing.domain.dose import GivenDose
from dosing.domain.observation import Observation
from dosing.domain.order import Order
from dosing.domain.session import Session


def session_opened(session: Session) -> SessionOpenedV1:
    """A session has begun."""
    return SessionOpenedV1(
        session_id=session.id,
        visit_id=session.visit_id,
        patient_id=session.patient_id,
        site_id=session.site_id,
        route=Route(session.route),
        opened_at=session.opened_at,
    )


def administration_refused(
    session: Session, rules: Sequence[str], at: datetime
) -> AdministrationRefusedV1:
    """The gate refused."""
    return AdministrationRefusedV1(
        session_id=session.id, patient_id=session.patient_id, rules=tuple(rules), refused_at=at
    )


def dose_administered(session: Session, order: Order, given: GivenDose) -> DoseAdministeredV1:
    """A dose was given."""
    return DoseAdministeredV1(
        dose_id=given.id,
        session_id=session.id,
        visit_id=session.visit_id,
        patient_id=session.patient_id,
        site_id=session.site_id,
        route=Route(session.route),
        product=order.product,
        amount_mg=given.amount_mg,
        administered_at=given.administered_at,
        clearance_version=given.clearance_version,
    )


def observation_recorded(taken: Observation) -> ObservationRecordedV1:
    """Vital signs were taken."""
    seen = taken.readings
    return ObservationRecordedV1(
        observation_id=taken.id,
        session_id=taken.session_id,
        patient_id=taken.patient_id,
        observed_at=taken.observed_at,
        minutes_since_first_dose=taken.minutes_since_first_dose,
        systolic_mmhg=seen.systolic_mmhg,
        diastolic_mmhg=seen.diastolic_mmhg,
        heart_rate_bpm=seen.heart_rate_bpm,
        spo2_percent=seen.spo2_percent,
        respiratory_rate_bpm=seen.respiratory_rate_bpm,
        moaas=seen.moaas,
    )


def session_aborted(session: Session, reason: str, by: UUID, at: datetime) -> SessionAbortedV2:
    """The session was called off before a dose."""
    return SessionAbortedV2(
        session_id=session.id,
        visit_id=session.visit_id,
        patient_id=session.patient_id,
        site_id=session.site_id,
        route=Route(session.route),
        cause=cause_of(reason),
        reason=reason,
        aborted_by=by,
        aborted_at=at,
    )


def session_discharged(session: Session, at: datetime) -> SessionDischargedV1:
    """The patient has left."""
    assert session.first_dose_at is not None
    assert session.last_dose_at is not None
    return SessionDischargedV1(
        session_id=session.id,
        visit_id=session.visit_id,
        patient_id=session.patient_id,
        site_id=session.site_id,
        route=Route(session.route),
        first_dose_at=session.first_dose_at,
        last_dose_at=session.last_dose_at,
        discharged_at=at,
    )
