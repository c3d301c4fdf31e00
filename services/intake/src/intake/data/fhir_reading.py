"""A FHIR R4 bundle, read strictly: every resource becomes facts, or the report says why not."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from intake.data.fhir import fhir_map
from intake.domain.facts import Value
from intake.domain.record_errors import BundleUnsound

_CODE: Final = re.compile(r"[^a-z0-9]+")
_HUNDREDTH: Final = Decimal("0.01")
_GONE: Final = ("refuted", "entered-in-error")
_ENDED: Final = ("inactive", "remission", "resolved")
# Known of US Core, and understood as far as the report says; none of them is a clinical fact here.
_NOTED: Final = ("Consent", "DocumentReference", "QuestionnaireResponse", "Patient")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one resource came to: statements, or a reason why there are none."""

    resource: str  # `Condition/abc`
    outcome: str  # mapped, noted, ignored
    reason: str | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)
    adds: Mapping[str, str] = field(default_factory=dict)  # a code to a list
    occurred_at: datetime | None = None


class _Unread(ValueError):
    """Why a resource becomes nothing."""


def read_bundle(document: Mapping[str, Any]) -> list[Reading]:
    """Every resource of the bundle, in order. Raises BundleUnsound."""
    if document.get("resourceType") != "Bundle" or not isinstance(document.get("entry"), list):
        raise BundleUnsound
    return [_reading(number, entry) for number, entry in enumerate(document["entry"])]


def _reading(number: int, entry: Any) -> Reading:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        raise BundleUnsound
    kind = resource["resourceType"]
    name = f"{kind}/{resource.get('id', f'entry-{number}')}"[:120]
    if resource.get("modifierExtension") or resource.get("implicitRules"):
        return Reading(resource=name, outcome="ignored", reason="modified_by_extension")
    if kind in _NOTED:
        return Reading(resource=name, outcome="noted", reason="kept_for_a_person_to_read")
    reader = _READERS.get(kind)
    if reader is None:
        return Reading(resource=name, outcome="ignored", reason="resource_type_not_understood")
    try:
        return reader(name, resource)
    except _Unread as why:
        return Reading(resource=name, outcome="ignored", reason=str(why))


def _condition(name: str, resource: dict[str, Any]) -> Reading:
    if set(_codes(resource.get("verificationStatus"))) & set(_GONE):
        raise _Unread("refuted_or_in_error")
    codes = list(_codes(resource.get("code")))
    over = bool(set(_codes(resource.get("clinicalStatus"))) & set(_ENDED))
    # However long ago it began, it is known here from now on: an earlier no must not outweigh it.
    for code in codes:
        if code in fhir_map().conditions:
            fact = fhir_map().conditions[code]
            if over and fact.endswith("_current"):
                raise _Unread("no_longer_current")
            return Reading(resource=name, outcome="mapped", facts={fact: True})
        if code in fhir_map().diagnoses:
            adds = {"conditions": fhir_map().diagnoses[code]}
            return Reading(resource=name, outcome="mapped", adds=adds)
    raise _Unread("code_not_understood")


def _medication(name: str, resource: dict[str, Any]) -> Reading:
    status = resource.get("status")
    if status in ("entered-in-error", "not-taken", "cancelled", "draft"):
        raise _Unread("not_taken")
    if status in ("completed", "stopped", "on-hold"):
        raise _Unread("no_longer_taken")
    ingredient = _ingredient(resource.get("medicationCodeableConcept"))
    return Reading(resource=name, outcome="mapped", adds={"medications": ingredient})


def _allergy(name: str, resource: dict[str, Any]) -> Reading:
    if set(_codes(resource.get("verificationStatus"))) & set(_GONE):
        raise _Unread("refuted_or_in_error")
    known = [fhir_map().allergies.get(code) for code in _codes(resource.get("code"))]
    substance = next((one for one in known if one), None) or _ingredient(resource.get("code"))
    return Reading(resource=name, outcome="mapped", adds={"allergies": substance})


def _observation(name: str, resource: dict[str, Any]) -> Reading:
    if resource.get("status") not in ("final", "amended", "corrected"):
        raise _Unread("not_final")
    at = _instant(resource.get("effectiveDateTime") or resource.get("issued"))
    facts: dict[str, Value] = {}
    parts = resource.get("component")
    for part in [resource, *(parts if isinstance(parts, list) else [])]:
        for code in _codes(part.get("code") if isinstance(part, dict) else None):
            facts.update(_measured(code, part))
    if not facts:
        raise _Unread("code_not_understood")
    return Reading(resource=name, outcome="mapped", facts=facts, occurred_at=at)


def _measured(code: str, part: dict[str, Any]) -> dict[str, Value]:
    known = fhir_map()
    if code in known.coded:
        answers = [known.coded[code].get(c) for c in _codes(part.get("valueCodeableConcept"))]
        if not answers or answers[0] is None:
            raise _Unread("answer_not_understood")
        return {known.coded[code]["fact"]: answers[0]}
    if code in known.integers and "valueQuantity" in part:
        return {known.integers[code]: int(_number(part["valueQuantity"]).to_integral_value())}
    if code in known.decimals and "valueQuantity" in part:
        wanted = known.decimals[code]
        if part["valueQuantity"].get("code") != wanted.unit:
            raise _Unread("unit_not_understood")
        return {wanted.fact: _text(_number(part["valueQuantity"]))}
    if code in known.multiples and "valueQuantity" in part:
        return {known.multiples[code]: _text(_number(part["valueQuantity"]) / _upper(part))}
    return {}


def _upper(part: dict[str, Any]) -> Decimal:
    ranges = part.get("referenceRange")
    first = ranges[0] if isinstance(ranges, list) and ranges else None
    if not isinstance(first, dict) or not isinstance(first.get("high"), dict):
        raise _Unread("no_upper_limit_stated")
    if not (limit := _number(first["high"])):
        raise _Unread("no_upper_limit_stated")
    return limit


def _number(quantity: Any) -> Decimal:
    try:
        found = Decimal(str(quantity["value"]))
    except (KeyError, TypeError, InvalidOperation):
        raise _Unread("value_not_understood") from None
    if not found.is_finite() or "comparator" in quantity:
        raise _Unread("value_not_understood")
    return found


def _text(number: Decimal) -> str:
    rounded = number.quantize(_HUNDREDTH, rounding=ROUND_HALF_UP).normalize()
    return f"{rounded:f}"


def _codes(concept: Any) -> Iterator[str]:
    codings = concept.get("coding") if isinstance(concept, dict) else None
    for coding in codings if isinstance(codings, list) else []:
        if isinstance(coding, dict) and isinstance(coding.get("code"), str):
            yield coding["code"]


def _ingredient(concept: Any) -> str:
    """The first word of the name: `Sertraline 50 MG Oral Tablet` is sertraline."""
    if not isinstance(concept, dict):
        raise _Unread("name_missing")
    codings = concept.get("coding")
    names = (
        [c.get("display") for c in codings if isinstance(c, dict)]
        if isinstance(codings, list)
        else []
    )
    text = next((n for n in [*names, concept.get("text")] if isinstance(n, str) and n.strip()), "")
    code = _CODE.sub("_", text.strip().lower().split(" ")[0]).strip("_")[:64] if text else ""
    if not code or not code[0].isalpha():
        raise _Unread("name_missing")
    return code


def _instant(text: Any) -> datetime | None:
    """An instant; of a date its beginning, UTC. Anything else says nothing about when."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


_READERS: Final = {
    "Condition": _condition,
    "MedicationStatement": _medication,
    "MedicationRequest": _medication,
    "AllergyIntolerance": _allergy,
    "Observation": _observation,
}
