"""Clinical facts: what is known about a patient, each with its time, source and unit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from intake.domain.errors import FactFromTheFuture, UnfitFact, UnknownFact

Value = bool | int | str | list[str] | None
"""None: unknown. A decimal travels as text."""

UNKNOWN: Final = None
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,3})?")
_MOST_CODES = 100


class FactKind(StrEnum):
    """What values a fact takes."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    CODE = "code"  # one of the offered codes
    CODES = "codes"  # open codes; an empty list says that there are none
    EVENT = "event"  # true: it happened then; false: it has not happened, whatever was said before


class Source(StrEnum):
    """Where a fact comes from."""

    CLINICIAN = "clinician"
    PATIENT = "patient"
    DEVICE = "device"
    LABORATORY = "laboratory"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactType:
    """One kind of fact. Bounds refuse typing errors; they have no clinical meaning."""

    name: str
    kind: FactKind
    meaning: str
    unit: str | None = None
    lowest: int | None = None
    highest: int | None = None
    offered: tuple[str, ...] = ()
    valid_days: int | None = None  # older than that it counts as unknown; None: it does not age

    def check(self, value: Value) -> None:
        """Raises UnfitFact."""
        if value is not UNKNOWN and not self._fits(value):
            raise UnfitFact(self.name)

    def _fits(self, value: Any) -> bool:
        match self.kind:
            case FactKind.BOOLEAN | FactKind.EVENT:
                return isinstance(value, bool)
            case FactKind.INTEGER:
                return type(value) is int and self._within(Decimal(value))
            case FactKind.DECIMAL:
                text = isinstance(value, str) and _DECIMAL.fullmatch(value) is not None
                return text and self._within(Decimal(value))
            case FactKind.CODE:
                return isinstance(value, str) and value in self.offered
            case FactKind.CODES:
                return isinstance(value, list) and len(value) <= _MOST_CODES and _codes(value)

    def _within(self, number: Decimal) -> bool:
        low = self.lowest is None or number >= self.lowest
        return low and (self.highest is None or number <= self.highest)


def _codes(values: list[Any]) -> bool:
    return all(isinstance(v, str) and _CODE.fullmatch(v) for v in values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One statement about a patient. A correction is a newer fact, never a change."""

    id: UUID
    patient_id: UUID
    name: str
    value: Value
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: UUID
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class FactCatalogue:
    """The facts this version of intake understands."""

    version: str
    facts: tuple[FactType, ...]

    def find(self, name: str) -> FactType:
        """Raises UnknownFact."""
        for fact in self.facts:
            if fact.name == name:
                return fact
        raise UnknownFact

    def check(self, fact: Fact) -> None:
        """Raises UnknownFact, UnfitFact, FactFromTheFuture."""
        self.find(fact.name).check(fact.value)
        if fact.occurred_at > fact.recorded_at:
            raise FactFromTheFuture

    @property
    def told_by_history(self) -> tuple[str, ...]:
        """The facts of which more than the newest statement counts: events, and decimals whose
        change is asked for."""
        kinds = (FactKind.EVENT, FactKind.DECIMAL)
        return tuple(fact.name for fact in self.facts if fact.kind in kinds)

    def values(self, current: Mapping[str, Fact], now: datetime) -> dict[str, Value]:
        """Every fact's value now; unknown where none was recorded or the last one is too old."""
        return {t.name: _value(t, current.get(t.name), now) for t in self.facts}


def _value(kind: FactType, fact: Fact | None, now: datetime) -> Value:
    if fact is None:
        return UNKNOWN
    aged = kind.valid_days is not None and fact.occurred_at < now - timedelta(days=kind.valid_days)
    return UNKNOWN if aged else fact.value


def reconciled(newest: Sequence[Fact]) -> dict[str, Fact]:
    """One fact a name, from the newest of every record of one person.

    Lists of codes are joined: an allergy known to one record is known. Other values that differ
    are not known until somebody records them anew: neither record is more right than the other.
    """
    found: dict[str, Fact] = {}
    for fact in sorted(newest, key=lambda f: f.occurred_at):
        earlier = found.get(fact.name)
        found[fact.name] = fact if earlier is None else _joined(earlier, fact)
    return found


def _joined(earlier: Fact, later: Fact) -> Fact:
    if isinstance(earlier.value, list) and isinstance(later.value, list):
        return replace(later, value=sorted({*earlier.value, *later.value}))
    return later if earlier.value == later.value else replace(later, value=UNKNOWN)
