"""Instruments as FHIR Questionnaires, and scores as FHIR Observations with their LOINC codes."""

from typing import Any, Final

from intake.domain.assessment import Assessment
from intake.domain.instrument import Instrument, Item, Option
from intake.domain.scoring import Score

_LOINC: Final = "http://loinc.org"
_LOCAL: Final = "urn:kairos:instrument"
_SURVEY: Final = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "survey",
        }
    ]
}


def questionnaire(instrument: Instrument, language: str) -> dict[str, Any]:
    """The instrument as a Questionnaire; without texts where its licence withholds them."""
    return {
        "resourceType": "Questionnaire",
        "url": f"{_LOCAL}:{instrument.code}",
        "version": instrument.version,
        "name": instrument.code,
        "title": instrument.name,
        "status": "active",
        "language": language,
        "copyright": instrument.licence_note,
        "subjectType": ["Patient"],
        "code": _coding(instrument.panel_loinc, instrument.code),
        "item": [_item(instrument, item, language) for item in instrument.items],
    }


def observations(of: Assessment, instrument: Instrument) -> dict[str, Any]:
    """A completed assessment's scores as a collection of Observations."""
    result = of.result
    entries = [] if result is None else [_observation(of, instrument, s) for s in result.scores]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": one} for one in entries],
    }


def _observation(of: Assessment, instrument: Instrument, score: Score) -> dict[str, Any]:
    assert of.result is not None
    assert of.completed_at is not None
    rule = next((r for r in instrument.scores if r.code == score.code), None)
    local = f"{instrument.code}.{score.code}"
    found: dict[str, Any] = {
        "resourceType": "Observation",
        "id": f"{of.id}-{score.code.replace('_', '-')}",
        "status": "final",
        "category": [_SURVEY],
        "code": {"coding": _coding(None if rule is None else rule.loinc, local)},
        "subject": {"reference": f"Patient/{of.patient_id}"},
        "effectiveDateTime": of.completed_at.isoformat(),
        "valueQuantity": {
            "value": float(score.value),
            "unit": "{score}",
            "system": "http://unitsofmeasure.org",
            "code": "{score}",
        },
        "method": {"text": of.result.algorithm_version},
    }
    if of.result.prorated:
        found["note"] = [{"text": "prorated"}]
    return found


def _item(instrument: Instrument, item: Item, language: str) -> dict[str, Any]:
    text = item.label if item.text is None else item.text.get(language, item.text["en"])
    return {
        "linkId": item.code,
        "code": _coding(item.loinc, f"{instrument.code}.{item.code}"),
        "text": text,
        "type": "choice",
        "required": item.required,
        "answerOption": [_option(o, language) for o in instrument.options_of(item)],
    }


def _option(option: Option, language: str) -> dict[str, Any]:
    display = option.text.get(language, option.text["en"])
    return {"valueCoding": {"system": _LOCAL, "code": str(option.value), "display": display}}


def _coding(loinc: str | None, local: str) -> list[dict[str, str]]:
    own = [{"system": _LOCAL, "code": local}]
    return own if loinc is None else [{"system": _LOINC, "code": loinc}, *own]
