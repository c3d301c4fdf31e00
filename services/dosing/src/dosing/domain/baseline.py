"""What is asked before a dose beside vital signs (clinical reference 3, "baseline also")."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dosing.domain.observation import Observation


class Medication(StrEnum):
    """Kinds of drug that matter to a dose of ketamine."""

    THEOPHYLLINE = "theophylline"
    AMINOPHYLLINE = "aminophylline"
    BENZODIAZEPINE = "benzodiazepine"
    OPIOID = "opioid"
    SEDATIVE_HYPNOTIC = "sedative_hypnotic"
    PSYCHOSTIMULANT = "psychostimulant"
    MAOI = "maoi"
    SYMPATHOMIMETIC = "sympathomimetic"
    NASAL_DECONGESTANT = "nasal_decongestant"
    NASAL_CORTICOSTEROID = "nasal_corticosteroid"
    ANTIHYPERTENSIVE = "antihypertensive"
    ANTIDEPRESSANT = "antidepressant"
    OTHER = "other"


class Pregnancy(StrEnum):
    """What is known of a pregnancy today."""

    NOT_APPLICABLE = "not_applicable"  # the patient cannot be pregnant
    NEGATIVE = "negative"  # by a test, of which the day is known
    POSITIVE = "positive"
    NOT_TESTED = "not_tested"


class SuicideScreen(StrEnum):
    """The C-SSRS since the last visit, by its gravest answer."""

    NEGATIVE = "negative"
    WISH = "wish"  # questions 1 and 2
    METHOD = "method"  # question 3
    INTENT = "intent"  # questions 4 to 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """As the patient says it on the day of the dose. Aware instants."""

    last_solids_at: datetime
    last_fluids_at: datetime  # clear ones too
    medications: Mapping[str, datetime]  # taken today, by kind: when last
    last_alcohol_at: datetime | None  # None: none that matters
    intoxicated: bool
    acute_change: bool  # fever, new chest pain, a new neurological deficit
    pregnancy: Pregnancy
    pregnancy_tested_on: date | None
    suicide_screen: SuicideScreen


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineLimits:
    """What has to lie how far back. A None limit does not apply to the route; policy data."""

    solids_apart: timedelta | None
    fluids_apart: timedelta | None
    nasal_product_apart: timedelta | None
    alcohol_apart: timedelta
    never_with: tuple[str, ...]  # kinds of medication, taken the same day
    first_pregnancy_test_max_age: timedelta  # before a first dose
    pregnancy_test_max_age: timedelta
    screens_held: tuple[str, ...]  # answers to the C-SSRS that hold the dose

    def held(self, screen: SuicideScreen) -> bool:
        """Whether such an answer holds the dose, and calls a clinician."""
        return screen.value in self.screens_held


_NASAL = (Medication.NASAL_DECONGESTANT, Medication.NASAL_CORTICOSTEROID)


def newest(observations: Sequence["Observation"]) -> Baseline | None:
    """The one last asked; `observations` are oldest first."""
    asked = (one.readings.baseline for one in reversed(observations))
    return next((one for one in asked if one is not None), None)


def failing(
    said: Baseline | None, limits: BaselineLimits | None, now: datetime, *, today: date, first: bool
) -> Iterator[str]:
    """Which rules what was said breaks. `first`: the patient has never had a dose here."""
    if limits is None:  # a protocol from before it was asked
        return
    if said is None:
        yield "baseline_missing"
        return
    yield from _fasting(said, limits, now)
    if not set(limits.never_with).isdisjoint(said.medications):
        yield "medication_not_with_ketamine"
    if said.last_alcohol_at is not None and now - said.last_alcohol_at < limits.alcohol_apart:
        yield "alcohol_too_recent"
    if said.intoxicated:
        yield "intoxicated"
    if said.acute_change:
        yield "acute_change"
    yield from _pregnancy(said, limits, today, first=first)
    if limits.held(said.suicide_screen):
        yield "suicide_screen_positive"


def _fasting(said: Baseline, limits: BaselineLimits, now: datetime) -> Iterator[str]:
    if limits.solids_apart is not None and now - said.last_solids_at < limits.solids_apart:
        yield "fasting_solids"
    if limits.fluids_apart is not None and now - said.last_fluids_at < limits.fluids_apart:
        yield "fasting_fluids"
    apart = limits.nasal_product_apart
    used = [said.medications[kind] for kind in _NASAL if kind in said.medications]
    if apart is not None and any(now - at < apart for at in used):
        yield "nasal_product_too_recent"


def _pregnancy(
    said: Baseline, limits: BaselineLimits, today: date, *, first: bool
) -> Iterator[str]:
    if said.pregnancy is Pregnancy.POSITIVE:
        yield "pregnant"
    if said.pregnancy is Pregnancy.NOT_TESTED:
        yield "pregnancy_test_missing"
    if said.pregnancy is not Pregnancy.NEGATIVE:
        return
    age = limits.first_pregnancy_test_max_age if first else limits.pregnancy_test_max_age
    tested = said.pregnancy_tested_on
    if tested is None or today - tested > age or tested > today:
        yield "pregnancy_test_too_old"
