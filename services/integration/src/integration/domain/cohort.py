"""Groups of patients, and how each is told: `suppression` says what of it.

Each quarter is told of the scales completed in it alone, so that no two quarters share a score and
their difference is nobody's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from integration.domain.dose import Dose
from integration.domain.errors import QuarterNotOver
from integration.domain.outcome import Outcome

_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
UNKNOWN = "unknown"


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
    settled_after: timedelta
    bands: tuple[tuple[str, Decimal | None], ...]  # code, and below how many mg/kg

    def band_of(self, doses: Sequence[Dose]) -> str:
        """The band of the mean dose per kilogram; unknown where one dose's is."""
        given = [dose.mg_per_kg for dose in doses if dose.mg_per_kg is not None]
        if len(given) < len(doses):
            return UNKNOWN
        mean = sum(given, Decimal()) / len(given)
        return next(code for code, below in self.bands if below is None or mean < below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One patient's way, without the patient: group, and the last score against the baseline."""

    group: str
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


@dataclass(frozen=True, slots=True)
class Figures:
    """What is told of a quarter: its groups, and the policy by which they were made."""

    policy_version: str
    cells: tuple[Cell, ...]


def span_of_quarter(
    quarter: str, now: datetime, settled_after: timedelta
) -> tuple[datetime, datetime]:
    """Beginning and end of a quarter, UTC. Raises QuarterNotOver.

    One that runs, or has only just ended, would change every day.
    """
    found = _QUARTER.fullmatch(quarter)
    if found is None:
        raise QuarterNotOver
    year, number = int(found[1]), int(found[2])
    over = number == len("1234")
    begins = datetime(year, 3 * number - 2, 1, tzinfo=UTC)
    ends = datetime(year + over, 1 if over else 3 * number + 1, 1, tzinfo=UTC)
    if ends + settled_after > now:
        raise QuarterNotOver
    return begins, ends


def group_of(
    by: Dimension, doses: Sequence[Dose], indication: str | None, policy: CohortPolicy
) -> str:
    """A patient's group by their doses, the first one first, and their plan."""
    if by is Dimension.INDICATION:
        return indication or UNKNOWN
    if by is Dimension.ROUTE:
        return doses[-1].route
    if by is Dimension.SITE:
        return str(doses[-1].site_id)
    return policy.band_of(doses)
