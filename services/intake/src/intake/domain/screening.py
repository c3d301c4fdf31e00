"""The inputs of the eligibility rules, gathered from what intake knows about a patient."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from intake.domain.assessment import Assessment
from intake.domain.facts import Fact, FactCatalogue
from intake.domain.instrument import Instrument
from intake.domain.patient import Patient, age_years

SUICIDE_SCREENER: Final = "cssrs_screener"
_SCREENER_INPUTS: Final = {
    "cssrs_q4": "q4",
    "cssrs_q5": "q5",
    "cssrs_behaviour_recent": "q6_recent",
}
DERIVED_INPUTS: Final = ("age_years", *_SCREENER_INPUTS)
"""Inputs that are no recorded facts: from the date of birth and from the C-SSRS screener."""


def inputs_of(
    patient: Patient,
    today: date,
    facts: Mapping[str, Fact],
    catalogue: FactCatalogue,
    screener: tuple[Assessment, Instrument] | None,
    now: datetime,
) -> dict[str, Any]:
    """Every input by name; None where it is unknown."""
    return {
        **catalogue.values(facts, now),
        "age_years": age_years(patient.born_on, today),
        **_screened(screener, now),
    }


def _screened(screener: tuple[Assessment, Instrument] | None, now: datetime) -> dict[str, Any]:
    """Answers of the last completed screener; what its own logic skipped counts as a no.

    A screener older than its recall window says nothing about the patient today.
    """
    unknown = dict.fromkeys(_SCREENER_INPUTS)
    if screener is None:
        return unknown
    assessment, instrument = screener
    oldest = now - timedelta(days=instrument.recall_window_days)
    if assessment.completed_at is None or assessment.completed_at < oldest:
        return unknown
    return {name: assessment.answers.get(item, 0) >= 1 for name, item in _SCREENER_INPUTS.items()}
