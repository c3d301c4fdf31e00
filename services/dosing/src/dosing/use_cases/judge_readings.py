"""Judge what was just read of a watched patient by the alert rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import alerts
from dosing.domain.alerts import Alert
from dosing.domain.observation import Observation, Readings, before_first_dose
from dosing.domain.pre_dose import baseline_of
from dosing.domain.series import SIGNS, series_of
from dosing.domain.session import Session
from dosing.store import readings
from dosing.use_cases.raise_alerts import RaiseAlerts, raise_alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeReadings:
    """What was read, and by which observation or batch."""

    session: Session
    source_id: UUID
    just_read: Readings


async def judge_readings(
    command: JudgeReadings, observations: Sequence[Observation], tx: Transaction
) -> list[Alert]:
    """Raise the alerts that hold now. Returns the new ones."""
    baseline = baseline_of(before_first_dose(list(observations)))
    devices = await readings.of_session(tx, command.session.id)
    series = series_of(observations, devices)
    just = command.just_read
    fresh = frozenset(sign for sign in SIGNS if getattr(just, sign) is not None)
    rules = alerts.raised(
        data.alert_rules(),
        series,
        frozenset(just.symptoms or ()),
        Readings() if baseline is None else baseline.readings,
        fresh,
    )
    found = RaiseAlerts(session=command.session, rules=list(rules), source_id=command.source_id)
    return await raise_alerts(found, tx)
