"""How answers become numbers: declared rules, never a formula in code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

Values = Mapping[str, int]  # scored values by item: reversed ones turned round, skipped ones 0

_WHOLE: Final = Decimal(1)
_HUNDREDTH: Final = Decimal("0.01")  # how a mean is written; no clinical meaning


class Kind(StrEnum):
    """`sum` adds the parts, of each the highest item; `mean` averages the items; `count` counts
    items of at least `threshold`; `criteria` is 1 where every other score it names is met, else 0.
    """

    SUM = "sum"
    MEAN = "mean"
    COUNT = "count"
    CRITERIA = "criteria"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """Another score of the same instrument is at least this."""

    score: str
    at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRule:
    """One number of an instrument. `parts` are groups of items of which the highest counts;
    `items` stands for parts of one item each."""

    code: str
    kind: Kind
    items: tuple[str, ...] = ()
    parts: tuple[tuple[str, ...], ...] = ()
    threshold: int | None = None
    all_of: tuple[Criterion, ...] = ()
    lowest: int
    highest: int
    loinc: str | None = None

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The parts, whichever way they were written."""
        return self.parts or tuple((item,) for item in self.items)

    def fits(self, value: Decimal) -> bool:
        """Whether the number can be this score: in range, and whole unless it is a mean."""
        whole = self.kind is Kind.MEAN or value == value.to_integral_value()
        return whole and self.lowest <= value <= self.highest


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One number an assessment amounts to."""

    code: str
    value: Decimal


def scored(rules: Sequence[ScoreRule], values: Values) -> tuple[Score, ...]:
    """Every score the values let be computed, in the order of the rules."""
    found: dict[str, Decimal] = {}
    for rule in rules:
        found[rule.code] = _value(rule, values, found)
    return tuple(Score(code=code, value=value) for code, value in found.items())


def prorated(rule: ScoreRule, values: Values) -> Decimal:
    """A sum as if the missing items were answered like the others on average, to the nearest
    whole point, half upwards."""
    known = [max(values[i] for i in group) for group in rule.groups if _answered(group, values)]
    share = Decimal(sum(known)) * len(rule.groups) / len(known)
    return share.quantize(_WHOLE, rounding=ROUND_HALF_UP)


def _answered(group: tuple[str, ...], values: Values) -> bool:
    return all(item in values for item in group)


def _value(rule: ScoreRule, values: Values, earlier: Mapping[str, Decimal]) -> Decimal:
    match rule.kind:
        case Kind.SUM:
            return Decimal(sum(max(values[item] for item in group) for group in rule.groups))
        case Kind.MEAN:
            total = Decimal(sum(values[item] for item in rule.items))
            mean = (total / len(rule.items)).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)
            return Decimal(f"{mean.normalize():f}")
        case Kind.COUNT:
            met = [
                i for i in rule.items if rule.threshold is not None and values[i] >= rule.threshold
            ]
            return Decimal(len(met))
        case Kind.CRITERIA:
            return Decimal(int(all(earlier[c.score] >= c.at_least for c in rule.all_of)))
