"""Instruments as FHIR Questionnaires, and scores as FHIR Observations with their LOINC codes."""

from typing import Any, Final

from intake.domain.assessment import Assessment
from intake.domain.instrument import Instrument, Item, Option, Result
from intake.domain.scoring import Score

_LOINC: Final = "http://loinc.org"
_LOCAL: Final = "urn:kairos:instrument"
_ORDINAL: Final = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
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
    if result is not None and not entries:
        entries = [_triaged(of, instrument, result)]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": one} for one in entries],
    }


def _observation(of: Assessment, instrument: Instrument, score: Score) -> dict[str, Any]:
    rule = next((r for r in instrument.scores if r.code == score.code), None)
    coding = _coding(None if rule is None else rule.loinc, f"{instrument.code}.{score.code}")
    quantity = {
        "value": float(score.value),
        "unit": "{score}",
        "system": "http://unitsofmeasure.org",
        "code": "{score}",
    }
    found = _resource(of, score.code, coding) | {"valueQuantity": quantity}
    if of.result is not None and of.result.prorated:
        found["note"] = [{"text": "prorated"}]
    return found


def _triaged(of: Assessment, instrument: Instrument, result: Result) -> dict[str, Any]:
    """What has no number: the band it was triaged to."""
    coding = _coding(instrument.result_loinc, f"{instrument.code}.band")
    band = {"coding": [{"system": _LOCAL, "code": f"{instrument.code}.{result.band}"}]}
    return _resource(of, "band", coding) | {"valueCodeableConcept": {**band, "text": result.band}}


def _resource(of: Assessment, score: str, coding: list[dict[str, str]]) -> dict[str, Any]:
    assert of.result is not None
    assert of.completed_at is not None
    return {
        "resourceType": "Observation",
        "id": f"{of.id}-{score.replace('_', '-')}",
        "status": "final",
        "category": [_SURVEY],
        "code": {"coding": coding},
        "subject": {"reference": f"Patient/{of.patient_id}"},
        "effectiveDateTime": of.completed_at.isoformat(),
        "method": {"text": of.result.algorithm_version},
    }


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
    return {
        "valueCoding": {"system": _LOCAL, "code": str(option.value), "display": display},
        "extension": [{"url": _ORDINAL, "valueDecimal": option.value}],
    }


def _coding(loinc: str | None, local: str) -> list[dict[str, str]]:
    own = [{"system": _LOCAL, "code": local}]
    return own if loinc is None else [{"system": _LOINC, "code": loinc}, *own]
