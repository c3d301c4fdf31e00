"""Call out for what was seen or said before a dose and must not wait."""

from collections.abc import Iterator
from datetime import timedelta

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import alerts, pre_dose
from dosing.domain.alerts import AlertRule, Severity
from dosing.domain.observation import Observation, Readings
from dosing.domain.protocol import Protocol
from dosing.domain.session import Session
from dosing.use_cases.raise_alerts import RaiseAlerts, raise_alerts


async def judge_before_dose(
    session: Session, taken: Observation, protocol: Protocol, tx: Transaction
) -> None:
    """A pressure that brings the prescriber to the bedside, alarming symptoms, a suicide risk."""
    rules = [*_of_reading(taken, protocol), *_symptoms(taken)]
    await raise_alerts(RaiseAlerts(session=session, rules=rules, source_id=taken.id), tx)


def _of_reading(taken: Observation, protocol: Protocol) -> Iterator[AlertRule]:
    if pre_dose.at_stop(taken, protocol.pre_dose):
        # Clinical reference 3, pre-dose table: no dose, prescriber to the bedside now.
        yield _rule("pre_dose_bp_prescriber_now", Severity.RED, stops_drug=False)
    said, limits = taken.readings.baseline, protocol.baseline
    if said is not None and limits is not None and limits.held(said.suicide_screen):
        # Clinical reference 10b #10: not left alone, a clinician within minutes.
        yield _rule("suicide_risk", Severity.EMERGENCY, stops_drug=True)


def _symptoms(taken: Observation) -> Iterator[AlertRule]:
    told = frozenset(taken.readings.symptoms or ())
    yield from alerts.raised(data.alert_rules(), {}, told, Readings(), frozenset())


def _rule(code: str, severity: Severity, *, stops_drug: bool) -> AlertRule:
    return AlertRule(
        code=code,
        severity=severity,
        stops_drug=stops_drug,
        conditions=(),
        lasting=timedelta(0),
        symptoms=frozenset(),
        moaas_at_most=None,
    )
