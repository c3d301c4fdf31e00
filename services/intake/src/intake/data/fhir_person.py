"""Who the patient is by a FHIR R4 Patient: read to be compared, never to be taken over."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from intake.data.fhir import fhir_map
from intake.data.fhir_values import Reading, UnreadError, codes_of, objects_of
from intake.domain.outside import OutsideKind
from intake.domain.patient import Patient

_BIRTH_SEX: Final = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
_SHORTEST_PHONE: Final = 7  # digits, from which on two numbers are compared by their end


def person(name: str, resource: dict[str, Any]) -> Reading:
    """What the resource states of a person, by the names of a patient's fields."""
    stated = {field: value for field, value in _stated(resource) if value}
    if not stated:
        raise UnreadError("nothing_stated")
    return Reading(resource=name, outcome="mapped", person=stated, outside=OutsideKind.PERSON)


def _stated(resource: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    named = _named(resource)
    given = named.get("given")
    yield "family_name", named.get("family")
    yield "given_name", given[0] if isinstance(given, list) and given else None
    yield "born_on", resource.get("birthDate")
    yield "administrative_gender", resource.get("gender")
    yield "sex_at_birth", _birth_sex(resource)
    yield "phone", [t.get("value") for t in objects_of(resource.get("telecom")) if _is_phone(t)]
    states = [a.get("state") for a in objects_of(resource.get("address")) if a.get("use") != "old"]
    yield "state", next((one for one in states if one), None)
    spoken = sorted(objects_of(resource.get("communication")), key=lambda c: not c.get("preferred"))
    yield "preferred_language", next((c for s in spoken for c in codes_of(s.get("language"))), None)
    # That somebody has died is never the record's own view of a patient who is treated.
    died = resource.get("deceasedDateTime") or resource.get("deceasedBoolean")
    yield "deceased", bool(died)


def _named(resource: dict[str, Any]) -> dict[str, Any]:
    names = [n for n in objects_of(resource.get("name")) if n.get("use") not in ("old", "maiden")]
    official = [n for n in names if n.get("use") == "official"]
    return next(iter([*official, *names]), {})


def _birth_sex(resource: dict[str, Any]) -> str | None:
    for extension in objects_of(resource.get("extension")):
        if extension.get("url") == _BIRTH_SEX:
            return fhir_map().birth_sex.get(str(extension.get("valueCode")))
    return None


def _is_phone(telecom: dict[str, Any]) -> bool:
    return telecom.get("system") == "phone" and telecom.get("use") != "old"


def differing(stated: Mapping[str, Any], patient: Patient) -> list[str]:
    """The fields in which the record says otherwise, or nothing."""
    return sorted(f for f, v in stated.items() if f == "deceased" or not _same(f, v, patient))


def _same(field: str, value: Any, patient: Patient) -> bool:
    recorded = getattr(patient, field)
    if recorded is None:
        return False
    match field:
        case "phone":
            return any(_same_phone(str(one), recorded) for one in value)
        case "preferred_language":
            return str(value).split("-")[0].lower() == str(recorded).split("-")[0].lower()
        case "born_on":
            return bool(
                recorded.isoformat().startswith(str(value))
            )  # a year alone agrees with its day
        case _:
            return str(value).strip().casefold() == str(recorded).strip().casefold()


def _same_phone(one: str, other: str) -> bool:
    a, b = ("".join(c for c in text if c.isdigit()) for text in (one, other))
    return min(len(a), len(b)) >= _SHORTEST_PHONE and (a.endswith(b) or b.endswith(a))
