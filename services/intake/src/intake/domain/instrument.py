"""A rating scale as data: items, scoring, bands, and what an answer triggers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from intake.domain.concern import Release, Severity
from intake.domain.errors import AssessmentIncomplete, UnknownItem, ValueNotOffered

Answers = Mapping[str, int]


class Licence(StrEnum):
    """What may be shipped of an instrument."""

    SHIP = "SHIP"
    NEED_PERMISSION = "NEED_PERMISSION"
    SCORE_ONLY = "SCORE_ONLY"


class Scoring(StrEnum):
    """How answers become a result. `sum` adds the scored items; `triage` takes the first band
    any of whose conditions holds, and has no number."""

    SUM = "sum"
    TRIAGE = "triage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Holds when an item is answered with at least this value."""

    item: str
    at_least: int

    def holds(self, answers: Answers) -> bool:
        """Whether it holds; an item not answered does not."""
        return item_value(answers, self.item) >= self.at_least


def item_value(answers: Answers, item: str) -> int:
    """The answer to an item, or -1, which is below every threshold."""
    return answers.get(item, -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An answer on offer."""

    value: int
    text: Mapping[str, str]  # per language


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question. `text` is present only where the licence lets us ship it."""

    code: str
    loinc: str | None = None
    label: str
    text: Mapping[str, str] | None = None
    required: bool = True
    scored: bool = True
    asked_when: Condition | None = None  # None: always


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A named range of the score, or for a triage its conditions."""

    code: str
    minimum: int | None = None
    maximum: int | None = None
    any_of: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What an answer raises the moment it is stored."""

    code: str
    any_of: tuple[Condition, ...]
    severity: Severity
    release: Release
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a completed assessment amounts to."""

    score: int | None
    band: str
    algorithm_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One version of a rating scale. A version never changes once it was answered."""

    code: str
    version: str
    name: str
    source: str
    licence: Licence
    licence_note: str
    recall_window_days: int
    stem: Mapping[str, str] | None = None
    panel_loinc: str
    result_loinc: str | None = None
    scoring: Scoring
    algorithm_version: str
    options: tuple[Option, ...]
    items: tuple[Item, ...]
    bands: tuple[Band, ...]
    triggers: tuple[Trigger, ...] = ()

    def check_answer(self, item: str, value: int) -> None:
        """Raises UnknownItem, ValueNotOffered."""
        if item not in {i.code for i in self.items}:
            raise UnknownItem
        if value not in {o.value for o in self.options}:
            raise ValueNotOffered

    def triggered_by(self, item: str, value: int) -> tuple[Trigger, ...]:
        """What this one answer raises."""
        answer = {item: value}
        return tuple(t for t in self.triggers if any(c.holds(answer) for c in t.any_of))

    def missing(self, answers: Answers) -> tuple[str, ...]:
        """The items still to be asked."""
        return tuple(
            i.code
            for i in self.items
            if i.required
            and i.code not in answers
            and (i.asked_when is None or i.asked_when.holds(answers))
        )

    def result(self, answers: Answers) -> Result:
        """The result of all answers. Raises AssessmentIncomplete: nothing is ever imputed."""
        if missing := self.missing(answers):
            raise AssessmentIncomplete(missing)
        if self.scoring is Scoring.TRIAGE:
            band = next(b for b in self.bands if _triaged(b, answers))
            return Result(score=None, band=band.code, algorithm_version=self.algorithm_version)
        score = sum(answers[i.code] for i in self.items if i.scored)
        band = next(b for b in self.bands if b.minimum is not None and _within(b, score))
        return Result(score=score, band=band.code, algorithm_version=self.algorithm_version)


def _triaged(band: Band, answers: Answers) -> bool:
    return not band.any_of or any(c.holds(answers) for c in band.any_of)


def _within(band: Band, score: int) -> bool:
    return (band.minimum or 0) <= score <= (band.maximum or 0)
