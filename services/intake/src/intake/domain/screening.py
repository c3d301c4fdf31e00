"""The inputs of the eligibility rules, gathered from what intake knows about a patient."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from intake.domain.facts import Fact
from intake.domain.inputs import DerivedInputs, Known, derived
from intake.domain.patient import Patient, age_years

MEDICATIONS: Final = "medications"
READINGS: Final = ("takes_cns_depressant", "takes_pressor")
"""What a clinician reads out of the list of medicines."""


def inputs_of(
    patient: Patient,
    today: date,
    doses_given: int,
    derivations: DerivedInputs,
    known: Known,
) -> dict[str, Any]:
    """Every input by name; None where it is unknown."""
    return {
        **known.values,
        **_outread(known),
        **{one.name: derived(one, known) for one in derivations.inputs},
        "age_years": age_years(patient.born_on, today),
        "doses_given": doses_given,
    }


def _outread(known: Known) -> dict[str, None]:
    """A no that was read out of an older list says nothing about a medicine of no known class."""
    listed = known.current.get(MEDICATIONS)
    if listed is None or not isinstance(listed.value, list):
        return {}
    if all(code in known.classes for code in listed.value):
        return {}
    return {
        name: None
        for name in READINGS
        if _no(known.current, name) and known.current[name].occurred_at < listed.occurred_at
    }


def _no(current: Mapping[str, Fact], name: str) -> bool:
    return name in current and current[name].value is False


def openly_unknown(current: Mapping[str, Fact]) -> frozenset[str]:
    """Facts of which somebody has said that they are not known, which is more than silence."""
    return frozenset(name for name, fact in current.items() if fact.value is None)
