"""A FHIR R4 Questionnaire, read: an instrument is compared with ours, and a new one is drafted."""

from collections.abc import Iterator
from typing import Any, Final

from intake.data import instruments
from intake.data.fhir import fhir_map
from intake.data.fhir_responses import instrument_named, item_of, ordinal_of
from intake.data.fhir_values import Reading, codes_of, objects_of
from intake.domain.instrument import Instrument, Item, Licence, Option, Scoring
from intake.domain.record_errors import QuestionnaireUnsound
from intake.domain.scoring import Kind, ScoreRule

_DEPTH: Final = 8  # of groups in groups
_LOINC: Final = "http://loinc.org"


def questionnaire(name: str, resource: dict[str, Any]) -> Reading:
    """A form of elsewhere for an instrument of ours: the same questions and answers, or not."""
    url, version = resource.get("url"), resource.get("version")
    ours = isinstance(url, str) and url.startswith("urn:kairos:instrument:")
    instrument = instrument_named(f"{url}|{version}" if ours and version else url)
    asked = {item.code: item for item in _known(instrument, resource)}
    whole = all(i.code in asked for i in instrument.items if i.required)
    strange = len(list(_questions(resource.get("item"), 0))) - len(asked)
    same = whole and not strange
    return Reading(
        resource=name,
        outcome="mapped" if same else "conflicting",
        reason="same_as_instrument" if same else "differs_from_instrument",
    )


def _known(instrument: Instrument, resource: dict[str, Any]) -> Iterator[Item]:
    """The questions that are ours, with exactly the answers that ours offer."""
    for question in _questions(resource.get("item"), 0):
        item = item_of(instrument, str(question.get("linkId", "")))
        if item is not None:
            offered = {option.value for option in instrument.options_of(item)}
            if offered == set(_values(question)):
                yield item


def _questions(items: Any, depth: int) -> Iterator[dict[str, Any]]:
    for item in objects_of(items):
        if item.get("type") == "group" or "answerOption" not in item:
            if depth < _DEPTH:
                yield from _questions(item.get("item"), depth + 1)
        else:
            yield item


def _values(question: dict[str, Any]) -> list[int | None]:
    return [_value(option) for option in objects_of(question.get("answerOption"))]


def _value(option: dict[str, Any]) -> int | None:
    if isinstance(option.get("valueInteger"), int):
        return int(option["valueInteger"])
    coding = option.get("valueCoding")
    if not isinstance(coding, dict):
        return None
    code = str(coding.get("code", ""))
    own = coding.get("system") == "urn:kairos:instrument" and code.isascii() and code.isdigit()
    if own and len(code) < 4:
        return int(code)
    beside = ordinal_of(option)
    beside = ordinal_of(coding) if beside is None else beside
    return fhir_map().answers.get(code) if beside is None else beside


def draft_of(resource: dict[str, Any], licence: Licence, recall_window_days: int) -> Instrument:
    """An instrument with the questions and answers of a Questionnaire, scored by their sum, without
    bands, triggers and prorating: those a clinician adds from the published source.

    Texts are taken over only where the licence lets them be shipped. Raises QuestionnaireUnsound.
    """
    if resource.get("resourceType") != "Questionnaire":
        raise QuestionnaireUnsound("is no Questionnaire")
    language = str(resource.get("language", "en")).split("-")[0]
    questions = list(_questions(resource.get("item"), 0))
    items = tuple(
        _drafted(number, question, licence, language)
        for number, question in enumerate(questions, start=1)
    )
    if not items:
        raise QuestionnaireUnsound("has no question with answers to choose from")
    values = [[option.value for option in item.options] for item in items]
    score = ScoreRule(
        code="total",
        kind=Kind.SUM,
        items=tuple(item.code for item in items),
        lowest=sum(map(min, values)),
        highest=sum(map(max, values)),
    )
    try:
        return instruments.check(_whole(resource, licence, recall_window_days, items, score))
    except ValueError as fault:
        raise QuestionnaireUnsound(str(fault)) from None


def _whole(
    resource: dict[str, Any],
    licence: Licence,
    recall_window_days: int,
    items: tuple[Item, ...],
    score: ScoreRule,
) -> Instrument:
    codes = list(codes_of({"coding": objects_of(resource.get("code"))}))
    name = str(resource.get("title") or resource.get("name") or "questionnaire")
    code = "".join(c if c.isascii() and c.isalnum() else "_" for c in name.lower())[:40].strip("_")
    return Instrument(
        code=code,
        version="1",
        name=name,
        source=str(resource.get("url", "")),
        licence=licence,
        licence_note=str(resource.get("copyright", "")),
        recall_window_days=recall_window_days,
        panel_loinc=codes[0] if codes and _is_loinc(resource) else None,
        scoring=Scoring.SCORES,
        algorithm_version=f"{code}-sum-1",
        options=(),
        items=items,
        scores=(score,),
    )


def _is_loinc(resource: dict[str, Any]) -> bool:
    return any(c.get("system") == _LOINC for c in objects_of(resource.get("code"))[:1])


def _drafted(number: int, question: dict[str, Any], licence: Licence, language: str) -> Item:
    options = objects_of(question.get("answerOption"))
    values = [_value(option) for option in options]
    if not options or None in values or len(set(values)) != len(values):
        raise QuestionnaireUnsound(f"question {number} has answers without values of their own")
    shipped = licence is Licence.SHIP
    return Item(
        code=f"item{number}",
        loinc=next(
            (c["code"] for c in objects_of(question.get("code")) if c.get("system") == _LOINC), None
        ),
        label=f"Item {number}",
        text={language: str(question.get("text", ""))} if shipped else None,
        options=tuple(
            Option(value=value, text={language: _shown(option) if shipped else str(value)})
            for value, option in zip(values, options, strict=True)
            if value is not None
        ),
    )


def _shown(option: dict[str, Any]) -> str:
    coding = option.get("valueCoding")
    return str(coding.get("display", "")) if isinstance(coding, dict) else str(_value(option))


def file_of(draft: Instrument) -> dict[str, Any]:
    """The draft as its data file has it, for a clinician to complete."""
    return {
        "code": draft.code,
        "version": draft.version,
        "name": draft.name,
        "source": draft.source,
        "licence": draft.licence.value,
        "licence_note": draft.licence_note,
        "recall_window_days": draft.recall_window_days,
        **({"panel_loinc": draft.panel_loinc} if draft.panel_loinc else {}),
        "scoring": draft.scoring.value,
        "algorithm_version": draft.algorithm_version,
        "options": [],
        "items": [_item_file(item) for item in draft.items],
        "scores": [
            {"code": s.code, "kind": s.kind.value, "items": list(s.items), "lowest": s.lowest,
             "highest": s.highest}
            for s in draft.scores
        ],
    }  # fmt: skip


def _item_file(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {"code": item.code, "label": item.label}
    if item.loinc is not None:
        found["loinc"] = item.loinc
    if item.text is not None:
        found["text"] = dict(item.text)
    found["options"] = [{"value": o.value, "text": dict(o.text)} for o in item.options]
    return found
