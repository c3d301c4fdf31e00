"""A FHIR R4 QuestionnaireResponse as answers to one of our instruments.

Instruments are known by our own canonical or by their LOINC panel, items by our code or theirs,
answers by our code, by LOINC's where it means one value only, by an integer, or by the ordinal
value beside them. What is answered and not understood is told; it never becomes a value.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from intake.data import instruments
from intake.data.fhir import fhir_map
from intake.data.fhir_values import Reading, Response, UnreadError, instant_of, objects_of
from intake.domain.errors import InstrumentNotFound
from intake.domain.instrument import Instrument, Item

CANONICAL: Final = "urn:kairos:instrument"
_PANEL: Final = ("http://loinc.org/q/", "https://loinc.org/q/", "http://loinc.org/vs/")
_ORDINAL: Final = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
_DEPTH: Final = 8  # of groups in groups
_TOLD: Final = 50  # link ids in the report, at most
_DECLINED: Final = ("entered-in-error",)


def response(name: str, resource: dict[str, Any]) -> Reading:
    """The answers. A partial one is read as well: an answer about safety waits for nothing."""
    if resource.get("status") in _DECLINED:
        raise UnreadError("refuted_or_in_error")
    instrument = instrument_named(resource.get("questionnaire"))
    answers: dict[str, int] = {}
    unread: list[str] = []
    for link, given in _answered(resource.get("item"), 0):
        item = item_of(instrument, link)
        value = None if item is None else _value(instrument, item, given)
        if item is None or value is None:
            unread.append(link[:120])
        else:
            answers[item.code] = value
    if not answers:
        raise UnreadError("no_answer_understood")
    return Reading(
        resource=name,
        outcome="mapped",
        occurred_at=instant_of(resource.get("authored")),
        response=Response(
            instrument=instrument.code,
            instrument_version=instrument.version,
            answers=answers,
            unread=tuple(unread[:_TOLD]),
            finished=resource.get("status") in ("completed", "amended"),
        ),
    )


def instrument_named(canonical: Any) -> Instrument:
    """The instrument of a canonical, ours or LOINC's. Raises UnreadError."""
    if not isinstance(canonical, str):
        raise UnreadError("questionnaire_not_named")
    url, _, version = canonical.partition("|")
    try:
        if url.startswith(f"{CANONICAL}:"):
            code = url.removeprefix(f"{CANONICAL}:")
            found = instruments.version_of(code, version) if version else None
            return found or instruments.current(code)
    except InstrumentNotFound:
        raise UnreadError("questionnaire_not_understood") from None
    panel = next((url.removeprefix(p) for p in _PANEL if url.startswith(p)), None)
    for one in instruments.newest():
        if panel is not None and one.panel_loinc == panel:
            return one
    raise UnreadError("questionnaire_not_understood")


def _answered(items: Any, depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every answered item, with its groups opened."""
    for item in objects_of(items):
        for answer in objects_of(item.get("answer")):
            yield str(item.get("linkId", "")), answer
            if depth < _DEPTH:
                yield from _answered(answer.get("item"), depth + 1)
        if depth < _DEPTH:
            yield from _answered(item.get("item"), depth + 1)


def item_of(instrument: Instrument, link: str) -> Item | None:
    """By our code, or by LOINC's at the end of the path: `/44249-1/44250-9`."""
    last = link.rstrip("/").rsplit("/", 1)[-1]
    return next((i for i in instrument.items if last and last in (i.code, i.loinc)), None)


def _value(instrument: Instrument, item: Item, answer: dict[str, Any]) -> int | None:
    """The value, if it is one that the item offers."""
    offered = {option.value for option in instrument.options_of(item)}
    found = next((v for v in _candidates(answer) if v is not None), None)
    return found if found in offered else None


def _candidates(answer: dict[str, Any]) -> Iterator[int | None]:
    coding = answer.get("valueCoding")
    if isinstance(coding, dict):
        code = str(coding.get("code", ""))
        if coding.get("system") == CANONICAL:
            yield int(code) if code.isascii() and code.isdigit() and len(code) < 4 else None
        yield ordinal_of(coding)
        yield fhir_map().answers.get(code)
        return
    if isinstance(answer.get("valueBoolean"), bool):
        yield int(answer["valueBoolean"])
    yield _whole(answer.get("valueInteger", answer.get("valueDecimal")))


def ordinal_of(coding: dict[str, Any]) -> int | None:
    """The ordinal value beside an answer, if there is a whole one."""
    beside = (e for e in objects_of(coding.get("extension")) if e.get("url") == _ORDINAL)
    return next((_whole(one.get("valueDecimal")) for one in beside), None)


def _whole(number: Any) -> int | None:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    try:
        found = Decimal(str(number))
    except InvalidOperation:
        return None
    return int(found) if found == found.to_integral_value() and abs(found) < 1000 else None
