"""Inputs of the rules that are derived from what is known, each by a declared derivation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Final

from intake.domain.assessment import Assessment
from intake.domain.facts import Fact, Value

NEVER: Final = 1_000_000
"""How long ago what has never happened is, in any unit: longer than anything a rule asks."""
ALWAYS_THERE: Final = ("age_years", "doses_given")
"""From the patient's date of birth, and from the doses dosing has announced."""
_TENTH: Final = Decimal("0.1")
_DAY_SECONDS: Final = 86_400


class Derive(StrEnum):
    """How an input comes about."""

    ANSWER = "answer"  # an item of the last assessment was answered with yes; skipped is no
    BAND = "band"  # the last assessment fell into this band
    SCORE = "score"  # the total of the last assessment
    ASKED = "asked"  # whether there is one: always known
    AGE_DAYS = "age_days"  # how old the newest statement of a fact is
    RECORDED = "recorded"  # whether there is one: always known
    CHANGE_PERCENT = "change_percent"  # from the statement before the newest, either way
    DAYS_SINCE = "days_since"  # since an event
    MINUTES_SINCE = "minutes_since"  # since an event
    TOLD = "told"  # a count by another service; 0 as long as it says nothing: always known
    CLASSES = "classes"  # classes of the codes of a fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """One derived input."""

    name: str
    derive: Derive
    instrument: str | None = None
    item: str | None = None
    band: str | None = None
    valid_days: int | None = None
    fact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedInputs:
    """Every derived input, and what they need."""

    version: str
    inputs: tuple[Derivation, ...]

    @property
    def names(self) -> frozenset[str]:
        """Every input that is no recorded fact."""
        return frozenset({i.name for i in self.inputs} | set(ALWAYS_THERE))

    @property
    def instruments(self) -> tuple[str, ...]:
        """The instruments whose last completed assessment is asked for."""
        return tuple(sorted({i.instrument for i in self.inputs if i.instrument is not None}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a person, from which inputs are derived."""

    assessments: Mapping[str, Assessment]  # the last completed one of each instrument
    history: Mapping[str, Sequence[Fact]]  # statements of events and decimals, by when recorded
    current: Mapping[str, Fact]
    values: Mapping[str, Value]  # of the current facts, without those too old to count
    classes: Mapping[str, str]  # class by ingredient
    now: datetime


def derived(one: Derivation, known: Known) -> Any:
    """The input's value; None where it is unknown."""
    if one.instrument is not None:
        return _of_assessment(one, known)
    assert one.fact is not None
    match one.derive:
        case Derive.CLASSES:
            return _classes(known.values.get(one.fact), known.classes)
        case Derive.DAYS_SINCE:
            return _since(known.history.get(one.fact, ()), known.now, _DAY_SECONDS)
        case Derive.MINUTES_SINCE:
            return _since(known.history.get(one.fact, ()), known.now, 60)
        case Derive.CHANGE_PERCENT:
            return _change_percent(known.history.get(one.fact, ()))
    fact = known.current.get(one.fact)
    if one.derive is Derive.TOLD:
        return fact.value if fact is not None else 0
    there = fact is not None and fact.value is not None
    if one.derive is Derive.RECORDED:
        return there
    return (known.now - fact.occurred_at).days if fact is not None and there else None


def _of_assessment(one: Derivation, known: Known) -> Any:
    found = known.assessments.get(one.instrument or "")
    usable = found is not None and _fresh(found, one.valid_days, known.now)
    if one.derive is Derive.ASKED:
        return usable
    if found is None or not usable or found.result is None:
        return None
    if one.derive is Derive.ANSWER:
        return found.answers.get(one.item or "", 0) >= 1
    return found.result.band == one.band if one.derive is Derive.BAND else found.result.score


def _fresh(found: Assessment, valid_days: int | None, now: datetime) -> bool:
    """What is older than its validity says nothing about the patient today."""
    oldest = now - timedelta(days=valid_days or NEVER)
    return found.completed_at is not None and found.completed_at >= oldest


def _since(statements: Sequence[Fact], now: datetime, unit_seconds: int) -> int | None:
    """How long ago it last happened. A later no takes back every yes recorded before it."""
    last: datetime | None = None
    found: int | None = None
    for one in statements:
        if one.value is None:
            last, found = None, None
        elif one.value is False:
            last, found = None, NEVER
        else:
            last = one.occurred_at if last is None else max(last, one.occurred_at)
            found = int((now - last).total_seconds()) // unit_seconds
    return found


def _change_percent(statements: Sequence[Fact]) -> str | None:
    """The change from the one before, in percent with one decimal; 0 for the very first."""
    by_time = sorted(statements, key=lambda s: s.occurred_at)
    values = [Decimal(str(s.value)) for s in by_time if s.value is not None]
    if not values:
        return None
    if len(values) == 1 or not values[-2]:
        return "0"
    change = abs(values[-1] - values[-2]) * 100 / values[-2]
    return str(change.quantize(_TENTH, rounding=ROUND_HALF_UP))


def _classes(codes: Value, classes: Mapping[str, str]) -> list[str] | None:
    if not isinstance(codes, list):
        return None
    return sorted({classes[code] for code in codes if code in classes})
