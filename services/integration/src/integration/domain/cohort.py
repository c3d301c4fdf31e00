"""How groups of patients fare, so told that nobody in them can be found.

Groups smaller than policy allows are not shown, and where one hidden group could be worked out from
the total, the smallest shown one is hidden with it.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from integration.domain.dose import Dose
from integration.domain.errors import QuarterNotOver
from integration.domain.outcome import Outcome

_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_TENTH = Decimal("0.1")


class Dimension(StrEnum):
    """What patients are grouped by: one at a time, so that groups cannot be crossed."""

    ROUTE = "route"
    DOSE_BAND = "dose_band"
    INDICATION = "indication"
    SITE = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortPolicy:
    """Which groups may be shown."""

    version: str
    smallest_cell: int
    bands: tuple[tuple[str, Decimal | None], ...]  # code, and below how many mg

    def band_of(self, mean_mg: Decimal) -> str:
        """The band of a mean dose."""
        return next(code for code, below in self.bands if below is None or mean_mg < below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One patient's way, without the patient: group, and the last score against the baseline."""

    group: str
    baseline: Decimal
    last: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One group. A hidden one tells nothing but that it is there."""

    group: str
    patients: int | None
    mean_change_percent: Decimal | None = None
    response_percent: Decimal | None = None
    remission_percent: Decimal | None = None
    deterioration_percent: Decimal | None = None

    @property
    def hidden(self) -> bool:
        """Whether it is too small to be shown."""
        return self.patients is None


def end_of_quarter(quarter: str, now: datetime) -> datetime:
    """The end of a quarter, UTC. Raises QuarterNotOver: a running one would change every day."""
    found = _QUARTER.fullmatch(quarter)
    if found is None:
        raise QuarterNotOver
    year, number = int(found[1]), int(found[2])
    over = number == len("1234")
    end = datetime(year + over, 1 if over else 3 * number + 1, 1, tzinfo=UTC)
    if end > now:
        raise QuarterNotOver
    return end


def group_of(
    by: Dimension, doses: Sequence[Dose], indication: str | None, policy: CohortPolicy
) -> str:
    """A patient's group by their doses, the first one first, and their plan."""
    if by is Dimension.INDICATION:
        return indication or "unknown"
    if by is Dimension.ROUTE:
        return doses[-1].route
    if by is Dimension.SITE:
        return str(doses[-1].site_id)
    mean = sum((dose.amount_mg for dose in doses), Decimal()) / len(doses)
    return policy.band_of(mean)


def cells(courses: Sequence[Course], policy: CohortPolicy) -> list[Cell]:
    """The groups by name and `all` at the end, with what must not be seen hidden."""
    groups: Mapping[str, list[Course]] = defaultdict(list)
    for course in courses:
        groups[course.group].append(course)
    shown = [_cell(name, members) for name, members in sorted(groups.items())]
    return _hide([*shown, _cell("all", courses)], policy.smallest_cell)


def _cell(group: str, members: Sequence[Course]) -> Cell:
    changes = [c.last.change_percent for c in members if c.last.change_percent is not None]
    return Cell(
        group=group,
        patients=len(members),
        mean_change_percent=_mean(changes),
        response_percent=_share(members, "response"),
        remission_percent=_share(members, "remission"),
        deterioration_percent=_share(members, "deterioration"),
    )


def _hide(found: list[Cell], smallest: int) -> list[Cell]:
    """Small groups out; a single one takes the next smallest along, or the total would tell it."""
    *groups, total = found
    small = {cell.group for cell in groups if (cell.patients or 0) < smallest}
    if len(small) == 1:
        rest = [cell for cell in groups if cell.group not in small]
        if rest:
            small.add(min(rest, key=lambda cell: (cell.patients or 0, cell.group)).group)
    hidden = [
        Cell(group=cell.group, patients=None) if cell.group in small else cell for cell in groups
    ]
    if (total.patients or 0) < smallest or (small and len(small) == len(groups) == 1):
        return [*hidden, replace(Cell(group="all", patients=None))]
    return [*hidden, total]


def _share(members: Sequence[Course], named: str) -> Decimal | None:
    if not members:
        return None
    count = sum(named in course.last.classes for course in members)
    return (Decimal(100) * count / len(members)).quantize(_TENTH, ROUND_HALF_UP)


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    if not values:
        return None
    return (sum(values, Decimal()) / len(values)).quantize(_TENTH, ROUND_HALF_UP)
