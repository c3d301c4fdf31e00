"""Criteria for discharge that a prescriber overrides with a reason, and those nobody can."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dosing.domain.care_errors import NotOverridable
from dosing.domain.protocol import DischargeCriteria

_ESCORT = ("escort_absent", "escort_not_identified")


class Arrangement(StrEnum):
    """How a patient gets home without an escort who is there."""

    STAFF_ACCOMPANIES = "staff_accompanies"
    ADULT_AT_HOME = "adult_at_home"  # fetched by transport, met by a responsible adult
    RIDE_SHARE = "ride_share"  # alone in a car: no arrangement at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One criterion that does not hold, and why the patient may leave all the same."""

    criterion: str
    reason: str
    arrangement: Arrangement | None = None


def remaining(
    failing: Sequence[str], overrides: Sequence[Override], limits: DischargeCriteria
) -> tuple[str, ...]:
    """The criteria that still stand against the discharge.

    Raises NotOverridable for an override of what cannot be (clinical reference 3): the REMS two
    hours, the rule on driving, drug in hand, a risk of suicide; and for a ride-share as escort.
    """
    overridden = set()
    for one in overrides:
        if limits.never_overridden is None or one.criterion in limits.never_overridden:
            raise NotOverridable
        if one.criterion in _ESCORT and one.arrangement in (None, Arrangement.RIDE_SHARE):
            raise NotOverridable
        overridden.add(one.criterion)
    return tuple(rule for rule in failing if rule not in overridden)
