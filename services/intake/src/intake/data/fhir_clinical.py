"""Conditions, medicines, allergies and observations of FHIR R4 as facts."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from intake.data.fhir import fhir_map
from intake.data.fhir_values import Reading, UnreadError, codes_of, instant_of
from intake.domain.facts import Value

_CODE: Final = re.compile(r"[^a-z0-9]+")
_HUNDREDTH: Final = Decimal("0.01")
_LARGEST: Final = Decimal(10**9)  # nothing measured is larger: a bound, no clinical meaning
_GONE: Final = ("refuted", "entered-in-error")
_ENDED: Final = ("inactive", "remission", "resolved")


def condition(name: str, resource: dict[str, Any]) -> Reading:
    """A diagnosis that is present: a fact, or a code of the list."""
    if set(codes_of(resource.get("verificationStatus"))) & set(_GONE):
        raise UnreadError("refuted_or_in_error")
    codes = list(codes_of(resource.get("code")))
    over = bool(set(codes_of(resource.get("clinicalStatus"))) & set(_ENDED))
    # However long ago it began, it is known here from now on: an earlier no must not outweigh it.
    for code in codes:
        if code in fhir_map().conditions:
            fact = fhir_map().conditions[code]
            if over and fact.endswith("_current"):
                raise UnreadError("no_longer_current")
            return Reading(resource=name, outcome="mapped", facts={fact: True})
        if code in fhir_map().diagnoses:
            adds = {"conditions": fhir_map().diagnoses[code]}
            return Reading(resource=name, outcome="mapped", adds=adds)
    raise UnreadError("code_not_understood")


def medication(name: str, resource: dict[str, Any]) -> Reading:
    """A medicine that is taken, by its ingredient."""
    status = resource.get("status")
    if status in ("entered-in-error", "not-taken", "cancelled", "draft"):
        raise UnreadError("not_taken")
    if status in ("completed", "stopped", "on-hold"):
        raise UnreadError("no_longer_taken")
    ingredient = _ingredient(resource.get("medicationCodeableConcept"))
    return Reading(resource=name, outcome="mapped", adds={"medications": ingredient})


def allergy(name: str, resource: dict[str, Any]) -> Reading:
    """A substance that is not tolerated."""
    if set(codes_of(resource.get("verificationStatus"))) & set(_GONE):
        raise UnreadError("refuted_or_in_error")
    known = [fhir_map().allergies.get(code) for code in codes_of(resource.get("code"))]
    substance = next((one for one in known if one), None) or _ingredient(resource.get("code"))
    return Reading(resource=name, outcome="mapped", adds={"allergies": substance})


def observation(name: str, resource: dict[str, Any]) -> Reading:
    """What was measured, by LOINC and in the unit we keep."""
    if resource.get("status") not in ("final", "amended", "corrected"):
        raise UnreadError("not_final")
    at = instant_of(resource.get("effectiveDateTime") or resource.get("issued"))
    facts: dict[str, Value] = {}
    parts = resource.get("component")
    for part in [resource, *(parts if isinstance(parts, list) else [])]:
        for code in codes_of(part.get("code") if isinstance(part, dict) else None):
            facts.update(_measured(code, part))
    if not facts:
        raise UnreadError("code_not_understood")
    return Reading(resource=name, outcome="mapped", facts=facts, occurred_at=at)


def _measured(code: str, part: dict[str, Any]) -> dict[str, Value]:
    known = fhir_map()
    if code in known.coded:
        answers = [known.coded[code].get(c) for c in codes_of(part.get("valueCodeableConcept"))]
        if not answers or answers[0] is None:
            raise UnreadError("answer_not_understood")
        return {known.coded[code]["fact"]: answers[0]}
    quantity = part.get("valueQuantity")
    if not isinstance(quantity, dict):
        return {}
    if code in known.integers:
        return {known.integers[code]: int(_number(quantity).to_integral_value())}
    if code in known.decimals:
        wanted = known.decimals[code]
        if quantity.get("code") != wanted.unit:
            raise UnreadError("unit_not_understood")
        return {wanted.fact: _text(_number(quantity))}
    if code in known.multiples:
        return {known.multiples[code]: _text(_number(quantity) / _upper(part))}
    return {}


def _upper(part: dict[str, Any]) -> Decimal:
    ranges = part.get("referenceRange")
    first = ranges[0] if isinstance(ranges, list) and ranges else None
    if not isinstance(first, dict) or not isinstance(first.get("high"), dict):
        raise UnreadError("no_upper_limit_stated")
    if not (limit := _number(first["high"])):
        raise UnreadError("no_upper_limit_stated")
    return limit


def _number(quantity: Any) -> Decimal:
    try:
        found = Decimal(str(quantity["value"]))
    except (KeyError, TypeError, InvalidOperation):
        raise UnreadError("value_not_understood") from None
    if not found.is_finite() or "comparator" in quantity or abs(found) > _LARGEST:
        raise UnreadError("value_not_understood")
    return found


def _text(number: Decimal) -> str:
    rounded = number.quantize(_HUNDREDTH, rounding=ROUND_HALF_UP).normalize()
    return f"{rounded:f}"


def _ingredient(concept: Any) -> str:
    """The first word of the name: `Sertraline 50 MG Oral Tablet` is sertraline."""
    if not isinstance(concept, dict):
        raise UnreadError("name_missing")
    codings = concept.get("coding")
    names = (
        [c.get("display") for c in codings if isinstance(c, dict)]
        if isinstance(codings, list)
        else []
    )
    text = next((n for n in [*names, concept.get("text")] if isinstance(n, str) and n.strip()), "")
    code = _CODE.sub("_", text.strip().lower().split(" ")[0]).strip("_")[:64] if text else ""
    if not code or not code[0].isalpha():
        raise UnreadError("name_missing")
    return code
