"""What a completed rating scale says about the course of the illness. Less is better on each.

Sources of the formulas: percent change from baseline as in the trials that define response by it;
reliable change index after Jacobson & Truax 1991. The thresholds are policy data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

_TENTH = Decimal("0.1")
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The thresholds of one rating scale; None where none is set."""

    instrument: str
    maximum: Decimal
    response_percent: Decimal | None = None
    response_points: Decimal | None = None
    remission_below: Decimal | None = None
    deterioration_points: Decimal | None = None
    relapse_from: Decimal | None = None
    sd: Decimal | None = None
    reliability: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """How one figure or class is worked out, and who published it."""

    code: str
    formula: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePolicy:
    """The thresholds of every scale that is followed."""

    version: str
    reliable_at: Decimal
    scales: Mapping[str, Scale]
    formulas: tuple[Formula, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One completed scale, compared with the baseline."""

    id: UUID
    patient_id: UUID
    assessment_id: UUID
    baseline_assessment_id: UUID | None
    instrument: str
    score: Decimal
    change_percent: Decimal | None
    reliable_change: Decimal | None  # the index, not the points
    classes: tuple[str, ...]
    recall_overlaps_dose: bool
    completed_at: datetime
    policy_version: str


def change_percent(baseline: Decimal, score: Decimal) -> Decimal | None:
    """Change in percent of the baseline, one decimal; None from a baseline of nothing."""
    if not baseline:
        return None
    return (100 * (score - baseline) / baseline).quantize(_TENTH, ROUND_HALF_UP)


def standard_error_of_difference(sd: Decimal, reliability: Decimal) -> Decimal:
    """S_diff = SD * sqrt(2) * sqrt(1 - r)."""
    return sd * (2 * (1 - reliability)).sqrt()


def reliable_change_index(
    before: Decimal, after: Decimal, *, sd: Decimal, reliability: Decimal
) -> Decimal:
    """RC = (x2 - x1) / S_diff, two decimals."""
    index = (after - before) / standard_error_of_difference(sd, reliability)
    return index.quantize(_HUNDREDTH, ROUND_HALF_UP)


def responds(scale: Scale, baseline: Decimal, score: Decimal) -> bool:
    """Whether symptoms have fallen by what counts as a response, exactly judged."""
    if scale.response_percent is not None:
        return baseline > 0 and 100 * (baseline - score) >= scale.response_percent * baseline
    return scale.response_points is not None and baseline - score >= scale.response_points


def classify(
    scale: Scale,
    baseline: Decimal,
    earlier: Sequence[Outcome],
    score: Decimal,
    reliable_at: Decimal,
) -> tuple[str, ...]:
    """What a score amounts to, after the scores before it, the oldest first."""
    found = []
    response = responds(scale, baseline, score)
    if response:
        found.append("response")
    if scale.remission_below is not None and score < scale.remission_below:
        found.append("remission")
    index = index_of(scale, baseline, score)
    if index is not None and abs(index) > reliable_at:
        found.append("reliable_improvement" if index < 0 else "reliable_worsening")
    best = min([baseline, *(one.score for one in earlier[-1:])])
    if scale.deterioration_points is not None and score - best >= scale.deterioration_points:
        found.append("deterioration")
    responded = any("response" in one.classes for one in earlier)
    if responded and not response and scale.relapse_from is not None:
        found += ["relapse"] if score >= scale.relapse_from else []
    return tuple(found)


def index_of(scale: Scale, baseline: Decimal, score: Decimal) -> Decimal | None:
    """The reliable change index; None where the scale's spread or reliability is not known."""
    if scale.sd is None or scale.reliability is None:
        return None
    return reliable_change_index(baseline, score, sd=scale.sd, reliability=scale.reliability)
