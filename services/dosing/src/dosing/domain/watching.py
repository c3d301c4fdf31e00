"""How many patients one person may watch at once (clinical reference 8)."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPolicy:
    """Policy data."""

    patients_per_monitor: int
    first_dose_one_to_one: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """Whom somebody watches already, besides the patient in question."""

    patients: int = 0
    one_to_one: bool = False  # one of them has a first dose: nobody else is watched meanwhile


def failing(watching: Watching, policy: WatchPolicy, *, first_dose: bool) -> Iterator[str]:
    """Which rules one more patient would break. `first_dose`: it is that patient's first ever."""
    if watching.patients >= policy.patients_per_monitor:
        yield "monitor_ratio_exceeded"
    alone = watching.one_to_one or (first_dose and policy.first_dose_one_to_one)
    if watching.patients and alone:
        yield "monitor_not_one_to_one"
