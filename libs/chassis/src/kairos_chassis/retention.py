"""How long records are kept: schedules as policy data, by kind and state, and what holds them.

A legal hold outweighs every schedule; what a schedule still keeps is not erased, whoever asks.

A deployment's own schedules, of networks and their sites, are a file that `KAIROS_RETENTION_FILE`
names. They only ever keep longer: to keep shorter than the law is nobody's to sign.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

from pydantic_settings import BaseSettings, SettingsConfigDict

from kairos_chassis import data
from kairos_chassis.errors import Kind

Afterwards = Literal["erase", "archive"]
_KEYS: Final = {
    "kind",
    "state",
    "site",
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
    site: UUID | None = None  # of one site alone

    def line(self) -> str:
        """As people read it, with its source."""
        where = self.state if self.site is None else f"{self.state}, site {self.site}"
        minors = f", minors to {self.minors_until_age}" if self.minors_until_age else ""
        kept = f"{self.keep_years} years" if self.keep_years else f"{self.keep_days} days"
        return f"{self.kind}  {where}  {kept}{minors}, then {self.afterwards}  [{self.source}]"

    def keep_until(self, counted_from: date, born_on: date | None = None) -> date:
        """The last day on which the record must still be there."""
        until = _years_later(counted_from, self.keep_years) + timedelta(days=self.keep_days)
        if self.minors_until_age is not None and born_on is not None:
            until = max(until, _years_later(born_on, self.minors_until_age))
        return until


Key = tuple[str, str, UUID | None]


@dataclass(frozen=True, slots=True)
class Retention:
    """The schedules in force."""

    version: int
    schedules: Mapping[Key, Schedule]

    def of(self, kind: str, state: str | None, site: UUID | None = None) -> Schedule:
        """The schedule of a kind at a site in a state: the narrowest there is.

        Raises NoSchedule (409).
        """
        for key in _narrowest_first(kind, state or "*", site):
            if key in self.schedules:
                return self.schedules[key]
        raise NoSchedule

    def overlaid(self, own: "Retention") -> "Retention":
        """With a network's own schedules. Raises ValueError for one that keeps less."""
        merged = Retention(own.version, {**self.schedules, **own.schedules})
        for (kind, state, site), schedule in merged.schedules.items():
            # What is narrower must not keep shorter than what is wider, whoever said which.
            for wider in _narrowest_first(kind, state, site)[1:]:
                floor = merged.schedules.get(wider)
                if floor is not None and _shorter(schedule, floor):
                    raise ValueError(f"{kind} in {state} is kept shorter than elsewhere")
            shipped = self.of(kind, state, site)
            if _shorter(schedule, shipped):
                raise ValueError(f"{kind} in {state} is kept shorter than the platform keeps it")
        return merged

    def admit_erasure(
        self,
        kind: str,
        state: str | None,
        *,
        today: date,
        counted_from: date,
        born_on: date | None = None,
        holds: Iterable[str] = (),
        site: UUID | None = None,
    ) -> Afterwards:
        """Let a record go, and say whether it is erased or archived.

        `holds` are the codes of legal holds in force. Raises StillKept (409) with every reason at
        once, NoSchedule (409).
        """
        schedule = self.of(kind, state, site)
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
    return retention_from(data.read("retention_v2.toml"))


class RetentionSettings(BaseSettings):
    """Where a deployment's own schedules are."""

    model_config = SettingsConfigDict(env_prefix="KAIROS_", frozen=True, extra="ignore")

    retention_file: Path | None = None


@cache
def _own(path: Path) -> Mapping[UUID, Retention]:
    document = tomllib.loads(path.read_text("utf-8"))
    platform = platform_retention()
    return {
        UUID(network["id"]): platform.overlaid(
            retention_from({"version": document["version"], "schedule": network["schedule"]})
        )
        for network in document["network"]
    }


def retention_of(network: UUID) -> Retention:
    """The schedules of a network. Raises ValueError for a file that cannot be relied on."""
    path = RetentionSettings().retention_file
    return platform_retention() if path is None else _own(path).get(network, platform_retention())


def retention_from(document: Mapping[str, Any]) -> Retention:
    """Schedules from a data file. Raises ValueError for one that cannot be relied on."""
    schedules = [_schedule(one) for one in document["schedule"]]
    found = {(one.kind, one.state, one.site): one for one in schedules}
    if len(found) != len(schedules):
        raise ValueError("two schedules for one kind, state and site")
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
        site=UUID(given["site"]) if "site" in given else None,
    )


def _narrowest_first(kind: str, state: str, site: UUID | None) -> list[Key]:
    keys: list[Key] = [(kind, state, site), (kind, "*", site), (kind, state, None)]
    return list(dict.fromkeys([*keys, (kind, "*", None)]))


def _shorter(one: Schedule, floor: Schedule) -> bool:
    day = date(2000, 1, 1)
    return any(one.keep_until(day, born) < floor.keep_until(day, born) for born in (None, day))


def _years_later(day: date, years: int) -> date:
    """The same day of the year, years later; of a leap day the day after, so nothing goes early."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
