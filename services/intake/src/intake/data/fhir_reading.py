"""A FHIR R4 bundle, read strictly: every resource becomes something, or the report says why not."""

from collections.abc import Mapping
from typing import Any, Final

from intake.data.fhir import fhir_map
from intake.data.fhir_clinical import allergy, condition, medication, observation
from intake.data.fhir_outside import consent, document
from intake.data.fhir_person import person
from intake.data.fhir_questionnaires import questionnaire
from intake.data.fhir_responses import response
from intake.data.fhir_values import Reading, UnreadError, codes_of, objects_of
from intake.data.hashing import sha256_of
from intake.domain.record_errors import BundleUnsound


def read_bundle(document: Mapping[str, Any]) -> list[tuple[Reading, dict[str, Any]]]:
    """What every resource of the bundle came to, with the resource, in order.

    Raises BundleUnsound for what is no bundle, or one about two people.
    """
    if document.get("resourceType") != "Bundle" or not isinstance(document.get("entry"), list):
        raise BundleUnsound
    entries = [_sound(entry) for entry in document["entry"]]
    names = _names_of_the_patient(entries)
    return [(_reading(entry["resource"], names), entry["resource"]) for entry in entries]


def _sound(entry: Any) -> dict[str, Any]:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        raise BundleUnsound
    found: dict[str, Any] = entry
    return found


def _names_of_the_patient(entries: list[dict[str, Any]]) -> frozenset[str]:
    """How the bundle refers to its one patient; empty where nothing in it does."""
    patients = [e for e in entries if e["resource"]["resourceType"] == "Patient"]
    if len(patients) > 1:
        raise BundleUnsound
    if patients:
        names = (patients[0].get("fullUrl"), f"Patient/{patients[0]['resource'].get('id')}")
        return frozenset(_reference(name) for name in names if isinstance(name, str))
    told = frozenset(s for s in (_subject(e["resource"]) for e in entries) if s is not None)
    if len(told) > 1:
        raise BundleUnsound
    return told


def _subject(resource: dict[str, Any]) -> str | None:
    """Whom the resource is about, as far as it says so."""
    about = resource.get("subject") or resource.get("patient")
    reference = about.get("reference") if isinstance(about, dict) else None
    return _reference(reference) if isinstance(reference, str) else None


def _reference(text: str) -> str:
    """`Patient/abc`, of whichever server and version; other names as they are."""
    parts = text.split("/_history/")[0].rsplit("/", 2)
    return "/".join(parts[-2:]) if len(parts) > 1 and parts[-2] == "Patient" else text


def _reading(resource: dict[str, Any], names: frozenset[str]) -> Reading:
    kind = resource["resourceType"]
    name = f"{kind}/{_id_of(resource)}"[:120]
    subject = _subject(resource)
    if subject is not None and subject not in names:
        return Reading(resource=name, outcome="ignored", reason="about_somebody_else")
    if resource.get("modifierExtension") or resource.get("implicitRules"):
        return Reading(resource=name, outcome="ignored", reason="modified_by_extension")
    if set(_labels(resource)) & set(fhir_map().refused_labels):
        return Reading(resource=name, outcome="ignored", reason="psychotherapy_note")
    reader = _READERS.get(kind)
    if reader is None:
        return Reading(resource=name, outcome="ignored", reason="resource_type_not_understood")
    try:
        return reader(name, resource)
    except UnreadError as why:
        return Reading(resource=name, outcome="ignored", reason=str(why))


def _id_of(resource: dict[str, Any]) -> str:
    """The sender's id; without one the content names itself, wherever in the bundle it stands."""
    found = resource.get("id")
    return found if isinstance(found, str) and found else sha256_of(resource)[:16]


def _labels(resource: dict[str, Any]) -> list[str]:
    meta = resource.get("meta")
    return (
        list(codes_of({"coding": objects_of(meta.get("security"))}))
        if isinstance(meta, dict)
        else []
    )


_READERS: Final = {
    "Condition": condition,
    "MedicationStatement": medication,
    "MedicationRequest": medication,
    "AllergyIntolerance": allergy,
    "Observation": observation,
    "Patient": person,
    "Consent": consent,
    "DocumentReference": document,
    "QuestionnaireResponse": response,
    "Questionnaire": questionnaire,
}
