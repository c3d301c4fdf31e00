"""Alerts: which readings raise one, and what an acknowledgement says (clinical reference 3)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from dosing.domain.observation import Readings

Moment = tuple[datetime, int]
Series = Mapping[str, Sequence[Moment]]
"""Readings of each sign since the first dose, oldest first, of staff and of devices alike."""


class Severity(StrEnum):
    """How grave an alert is."""

    WARNING = "warning"
    AMBER = "amber"
    RED = "red"
    EMERGENCY = "emergency"


class AlertAction(StrEnum):
    """What whoever acknowledged an alert decided."""

    WATCHING = "watching"  # nothing is to be done but to look again
    TREATED = "treated"
    STOPPED_DRUG = "stopped_drug"  # no more drug in this session
    EMERGENCY_CALLED = "emergency_called"
    ARTEFACT = "artefact"  # the device was wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A sign at or beyond a limit, or by how much it rose over the baseline."""

    sign: str
    at_least: int | None
    at_most: int | None
    rise: bool

    def met(self, value: int, baseline: Readings) -> bool:
        """Whether a reading meets it. Without a baseline nothing has risen."""
        if self.rise:
            before = getattr(baseline, self.sign)
            if before is None:
                return False
            value -= before
        above = self.at_least is not None and value >= self.at_least
        below = self.at_most is not None and value <= self.at_most
        return above or below


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """One line of the policy."""

    code: str
    severity: Severity
    stops_drug: bool
    conditions: tuple[Condition, ...]
    lasting: timedelta
    symptoms: frozenset[str]
    moaas_at_most: int | None
    look_again_after: timedelta | None = None  # while it holds, somebody observes as often


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert that was raised. `source_id` is what raised it: the same source raises it once."""

    id: UUID
    session_id: UUID
    patient_id: UUID
    site_id: UUID
    code: str
    severity: Severity
    stops_drug: bool
    source_id: UUID
    raised_at: datetime


def raised(
    rules: Sequence[AlertRule],
    series: Series,
    symptoms: frozenset[str],
    baseline: Readings,
    fresh: frozenset[str],
) -> Iterator[AlertRule]:
    """The rules that hold now. `fresh` are the signs just read: an old breach is not told again."""
    for rule in rules:
        if rule.symptoms:
            if rule.symptoms & symptoms and _sedated(rule, series):
                yield rule
        elif any(_holds(one, rule.lasting, series, baseline, fresh) for one in rule.conditions):
            yield rule


def look_again_after(
    rules: Sequence[AlertRule], series: Series, baseline: Readings
) -> timedelta | None:
    """How soon somebody has to look again, as long as the newest reading of a sign says so."""
    return min(
        (
            rule.look_again_after
            for rule in rules
            if rule.look_again_after is not None
            and any(
                series.get(one.sign) and one.met(series[one.sign][-1][1], baseline)
                for one in rule.conditions
            )
        ),
        default=None,
    )


def _sedated(rule: AlertRule, series: Series) -> bool:
    if rule.moaas_at_most is None:
        return True
    seen = series.get("moaas", ())
    return bool(seen) and seen[-1][1] <= rule.moaas_at_most


def _holds(
    one: Condition, lasting: timedelta, series: Series, baseline: Readings, fresh: frozenset[str]
) -> bool:
    seen = series.get(one.sign, ())
    if one.sign not in fresh or not seen or not one.met(seen[-1][1], baseline):
        return False
    since = seen[-1][0]
    for at, value in reversed(seen):
        if not one.met(value, baseline):
            break
        since = at
    return seen[-1][0] - since >= lasting
