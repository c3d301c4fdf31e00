"""Consents and documents of others: kept as they came, for a person to look at.

A consent that was given elsewhere says nothing about what was understood here, and clears nobody.
"""

from typing import Any, Final

from intake.data.fhir_values import Reading, UnreadError, codes_of, instant_of
from intake.domain.outside import OutsideKind

_REFUSED: Final = ("rejected", "inactive")
_TREATMENT: Final = "treatment"  # HL7 consentscope [clinical reference, section 9]


def consent(name: str, resource: dict[str, Any]) -> Reading:
    """A consent of elsewhere. One that refuses treatment contradicts whoever treats."""
    if resource.get("status") in (None, "entered-in-error", "draft", "proposed"):
        raise UnreadError("not_in_force")
    refuses = _TREATMENT in codes_of(resource.get("scope")) and _denies(resource)
    return Reading(
        resource=name,
        outcome="conflicting" if refuses else "mapped",
        reason="outside_consent_refuses" if refuses else "outside_consent_to_be_reviewed",
        outside=OutsideKind.CONSENT,
        occurred_at=instant_of(resource.get("dateTime")),
    )


def _denies(resource: dict[str, Any]) -> bool:
    provision = resource.get("provision")
    denied = isinstance(provision, dict) and provision.get("type") == "deny"
    return denied or resource.get("status") in _REFUSED


def document(name: str, resource: dict[str, Any]) -> Reading:
    """A reference to a document of elsewhere, with its attachment where that came along."""
    if resource.get("status") in (None, "entered-in-error"):
        raise UnreadError("not_in_force")
    return Reading(
        resource=name,
        outcome="mapped",
        reason="outside_document_to_be_reviewed",
        outside=OutsideKind.DOCUMENT,
        occurred_at=instant_of(resource.get("date")),
    )
