"""Judge what was just read of a watched patient by the alert rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
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
class Judged:
    """The alerts that were raised, and how soon somebody has to look again."""

    new: Sequence[Alert]
    look_again_after: timedelta | None

    def look_again_at(self, now: timedelta) -> timedelta | None:
        """When that is, if it is now so long after the first dose."""
        return None if self.look_again_after is None else now + self.look_again_after


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeReadings:
    """What was read, and by which observation or batch."""

    session: Session
    source_id: UUID
    just_read: Readings


async def judge_readings(
    command: JudgeReadings, observations: Sequence[Observation], tx: Transaction
) -> Judged:
    """Raise the alerts that hold now."""
    found = baseline_of(before_first_dose(list(observations)))
    baseline = Readings() if found is None else found.readings
    devices = await readings.of_session(tx, command.session.id)
    series = series_of(observations, devices)
    just = command.just_read
    fresh = frozenset(sign for sign in SIGNS if getattr(just, sign) is not None)
    rules = alerts.raised(
        data.alert_rules(),
        series,
        frozenset(just.symptoms or ()),
        baseline,
        fresh,
    )
    told = RaiseAlerts(session=command.session, rules=list(rules), source_id=command.source_id)
    return Judged(
        new=await raise_alerts(told, tx),
        look_again_after=alerts.look_again_after(data.alert_rules(), series, baseline),
    )
