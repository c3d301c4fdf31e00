"""A rating scale as data: items, scoring, bands, and what an answer triggers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from intake.domain.assessment_errors import (
    ProratingNotOffered,
    SafetyItemsMissing,
    ScoresDoNotFit,
    ScoresNotTaken,
)
from intake.domain.concern import Release, Severity
from intake.domain.errors import AssessmentIncomplete, UnknownItem, ValueNotOffered
from intake.domain.scoring import Score, ScoreRule, prorated, scored

Answers = Mapping[str, int]


class Licence(StrEnum):
    """What may be shipped of an instrument."""

    SHIP = "SHIP"
    NEED_PERMISSION = "NEED_PERMISSION"
    SCORE_ONLY = "SCORE_ONLY"


class Scoring(StrEnum):
    """How answers become a result. `scores` follows the declared score rules; `triage` takes the
    first band any of whose conditions holds, and has no number."""

    SCORES = "scores"
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
    options: tuple[Option, ...] = ()  # empty: those of the instrument
    required: bool = True
    reversed: bool = False  # the lowest answer scores highest
    asked_when: Condition | None = None  # None: always


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A named range of the first score, or for a triage its conditions. `sex` restricts it to a
    sex at birth; an instrument that has such bands has them for every sex."""

    code: str
    minimum: int | None = None
    maximum: int | None = None
    sex: str | None = None
    any_of: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What an answer raises the moment it is stored."""

    code: str
    any_of: tuple[Condition, ...]
    severity: Severity
    release: Release
    source: str
    asks: str | None = None  # the instrument to go on with, which is begun at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Prorating:
    """How many missing items the first score may be made up for, on request, and flagged."""

    most_missing: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a completed assessment amounts to. The first score is the total."""

    scores: tuple[Score, ...] = ()
    band: str | None
    algorithm_version: str
    prorated: bool = False

    @property
    def score(self) -> int | None:
        """The total as a whole number, where there is one."""
        total = self.scores[0].value if self.scores else None
        whole = total is not None and total == total.to_integral_value()
        return int(total) if total is not None and whole else None


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
    panel_loinc: str | None = None
    result_loinc: str | None = None
    scoring: Scoring
    algorithm_version: str
    options: tuple[Option, ...]
    items: tuple[Item, ...]
    scores: tuple[ScoreRule, ...] = ()
    bands: tuple[Band, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    prorating: Prorating | None = None

    def find(self, item: str) -> Item:
        """An item by its code. Raises UnknownItem."""
        for one in self.items:
            if one.code == item:
                return one
        raise UnknownItem

    def options_of(self, item: Item) -> tuple[Option, ...]:
        """The answers an item offers."""
        return item.options or self.options

    def check_answer(self, item: str, value: int) -> None:
        """Raises UnknownItem, ValueNotOffered."""
        if value not in {o.value for o in self.options_of(self.find(item))}:
            raise ValueNotOffered

    def check_safety_items(self, answers: Answers) -> None:
        """Raises UnknownItem, ValueNotOffered, SafetyItemsMissing: a total without the answers
        that could raise an alarm would hide it."""
        for item, value in answers.items():
            self.check_answer(item, value)
        watched = {c.item for t in self.triggers for c in t.any_of}
        if watched - set(answers):
            raise SafetyItemsMissing(sorted(watched))

    def triggered_by(self, item: str, value: int) -> tuple[Trigger, ...]:
        """What this one answer raises."""
        answer = {item: value}
        return tuple(t for t in self.triggers if any(c.holds(answer) for c in t.any_of))

    def missing(self, answers: Answers) -> tuple[str, ...]:
        """The items still to be asked."""
        return tuple(
            i.code
            for i in self.items
            if i.required and i.code not in answers and _asked(i, answers)
        )

    def result(self, answers: Answers, sex: str = "unknown") -> Result:
        """The result of all answers. Raises AssessmentIncomplete: nothing is ever imputed."""
        if missing := self.missing(answers):
            raise AssessmentIncomplete(missing)
        if self.scoring is Scoring.TRIAGE:
            band = next(b for b in self.bands if _triaged(b, answers))
            return Result(band=band.code, algorithm_version=self.algorithm_version)
        return self._of(scored(self.scores, self._values(answers)), sex)

    def prorated_result(self, answers: Answers, sex: str = "unknown") -> Result:
        """The total with a few missing items made up for, and flagged; no other score is.

        Raises ProratingNotOffered, AssessmentIncomplete for too many, or for one that triggers: a
        question about safety is asked, never guessed.
        """
        missing = self.missing(answers)
        if self.prorating is None or not missing:
            raise ProratingNotOffered
        watched = {c.item for t in self.triggers for c in t.any_of}
        if len(missing) > self.prorating.most_missing or watched & set(missing):
            raise AssessmentIncomplete(missing)
        total = self.scores[0]
        value = prorated(total, self._values(answers))
        return self._of((Score(code=total.code, value=value),), sex, prorated=True)

    def entered_result(self, entered: Mapping[str, Decimal], sex: str = "unknown") -> Result:
        """The result of totals that a clinician read off a licensed form.

        Raises ScoresNotTaken for an instrument whose items are asked here, ScoresDoNotFit.
        """
        if self.licence is Licence.SHIP or not self.scores:
            raise ScoresNotTaken
        known = {rule.code: rule for rule in self.scores}
        unfit = [c for c, v in entered.items() if c not in known or not known[c].fits(v)]
        if unfit or self.scores[0].code not in entered:
            raise ScoresDoNotFit(tuple(known))
        ordered = tuple(Score(code=c, value=entered[c]) for c in known if c in entered)
        return self._of(ordered, sex)

    def _of(self, scores: tuple[Score, ...], sex: str, *, prorated: bool = False) -> Result:
        total = scores[0].value
        bands = [b for b in self.bands if b.sex in (None, sex) and _within(b, total)]
        return Result(
            scores=scores,
            band=bands[0].code if bands else None,
            algorithm_version=self.algorithm_version,
            prorated=prorated,
        )

    def _values(self, answers: Answers) -> dict[str, int]:
        """Scored values: reversed items turned round; what the form's own logic skipped is 0."""
        values = {}
        for item in self.items:
            offered = [o.value for o in self.options_of(item)]
            if item.code in answers:
                given = answers[item.code]
                values[item.code] = max(offered) + min(offered) - given if item.reversed else given
            elif not _asked(item, answers):
                values[item.code] = 0
        return values


def _asked(item: Item, answers: Answers) -> bool:
    return item.asked_when is None or item.asked_when.holds(answers)


def _triaged(band: Band, answers: Answers) -> bool:
    return not band.any_of or any(c.holds(answers) for c in band.any_of)


def _within(band: Band, score: Decimal) -> bool:
    return band.minimum is not None and band.minimum <= score <= (band.maximum or 0)
