"""How long records are kept: schedules as policy data, by kind and state, and what holds them.

A legal hold outweighs every schedule; what a schedule still keeps is not erased, whoever asks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Final, Literal

from kairos_chassis import data
from kairos_chassis.errors import Kind

Afterwards = Literal["erase", "archive"]
_KEYS: Final = {
    "kind",
    "state",
    "keep_years",
    "keep_days",
    "counted_from",
    "minors_until_age",
    "afterwards",
    "source",
}


class StillKept(Exception):
    """The record must be kept still."""

    slug = "still_kept"
    kind = Kind.REFUSED

    def __init__(self, rules: Iterable[str], until: date | None) -> None:
        super().__init__()
        self.members = {
            "rules": sorted(rules),
            "keep_until": None if until is None else until.isoformat(),
        }


class NoSchedule(Exception):
    """No retention schedule covers this kind of record: nothing may be erased by guesswork."""

    slug = "no_retention_schedule"
    kind = Kind.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long one kind of record is kept in one state (`*`: wherever nothing else is said)."""

    kind: str
    state: str
    keep_years: int
    keep_days: int
    minors_until_age: int | None
    afterwards: Afterwards
    source: str

    def keep_until(self, counted_from: date, born_on: date | None = None) -> date:
        """The last day on which the record must still be there."""
        until = _years_later(counted_from, self.keep_years) + timedelta(days=self.keep_days)
        if self.minors_until_age is not None and born_on is not None:
            until = max(until, _years_later(born_on, self.minors_until_age))
        return until


@dataclass(frozen=True, slots=True)
class Retention:
    """The schedules in force."""

    version: int
    schedules: Mapping[tuple[str, str], Schedule]

    def of(self, kind: str, state: str) -> Schedule:
        """The schedule of a kind in a state. Raises NoSchedule (409)."""
        for key in ((kind, state), (kind, "*")):
            if key in self.schedules:
                return self.schedules[key]
        raise NoSchedule

    def overlaid(self, own: "Retention") -> "Retention":
        """With a network's own schedules. Raises ValueError for one that keeps less."""
        for (kind, state), schedule in own.schedules.items():
            floor = self.of(kind, state)
            day = date(2000, 1, 1)
            if any(schedule.keep_until(day, b) < floor.keep_until(day, b) for b in (None, day)):
                raise ValueError(f"{kind} in {state} is kept shorter than the platform keeps it")
        return Retention(own.version, {**self.schedules, **own.schedules})

    def admit_erasure(
        self,
        kind: str,
        state: str,
        *,
        today: date,
        counted_from: date,
        born_on: date | None = None,
        holds: Iterable[str] = (),
    ) -> Afterwards:
        """Let a record go, and say whether it is erased or archived.

        `holds` are the codes of legal holds in force. Raises StillKept (409) with every reason at
        once, NoSchedule (409).
        """
        schedule = self.of(kind, state)
        until = schedule.keep_until(counted_from, born_on)
        rules = [f"legal_hold.{code}" for code in holds]
        if today <= until:
            rules.append(f"retention.{kind}")
        if rules:
            raise StillKept(rules, until)
        return schedule.afterwards


@cache
def platform_retention() -> Retention:
    """The schedules the platform ships."""
    return retention_from(data.read("retention_v1.toml"))


def retention_from(document: Mapping[str, Any]) -> Retention:
    """Schedules from a data file. Raises ValueError for one that cannot be relied on."""
    schedules = [_schedule(one) for one in document["schedule"]]
    found = {(one.kind, one.state): one for one in schedules}
    if len(found) != len(schedules):
        raise ValueError("two schedules for one kind and state")
    return Retention(int(document["version"]), found)


def _schedule(given: Mapping[str, Any]) -> Schedule:
    if unknown := set(given) - _KEYS:
        raise ValueError(f"a schedule knows no {', '.join(sorted(unknown))}")
    years, days = given.get("keep_years", 0), given.get("keep_days", 0)
    if years <= 0 and days <= 0:
        raise ValueError("a schedule says how long: keep_years or keep_days")
    if not given.get("source"):
        raise ValueError("a schedule names its source")
    if given["afterwards"] not in ("erase", "archive"):
        raise ValueError("afterwards is erase or archive")
    return Schedule(
        kind=given["kind"],
        state=given["state"],
        keep_years=years,
        keep_days=days,
        minors_until_age=given.get("minors_until_age"),
        afterwards=given["afterwards"],
        source=given["source"],
    )


def _years_later(day: date, years: int) -> date:
    """The same day of the year, years later; of a leap day the day after, so nothing goes early."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
