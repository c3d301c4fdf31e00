"""`python -m intake instruments draft`: a FHIR Questionnaire becomes an instrument's data file."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from intake.data import instruments, reading
from intake.domain.instrument import Instrument
from intake.domain.record_errors import QuestionnaireUnsound
from intake.http.fhir_out import questionnaire
from intake.operations import verbs
from kairos_chassis.operations import Answer

LOINC = "http://loinc.org"
OTHER: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "title": "Sleep, short",
    "url": "http://example.org/q/sleep",
    "status": "active",
    "item": [
        {"linkId": "g", "type": "group", "item": [
            {"linkId": "1", "type": "choice", "text": "I slept badly", "answerOption": [
                {"valueCoding": {"system": LOINC, "code": "LA6568-5", "display": "Not at all"}},
                {"valueCoding": {"system": LOINC, "code": "LA6569-3", "display": "Some days"}}]},
            {"linkId": "2", "type": "integer", "text": "I woke early", "answerOption": [
                {"valueInteger": 0}, {"valueInteger": 4}]}]}],
}  # fmt: skip


def written(file: Path, document: Any) -> str:
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return str(file)


async def draft(file: Path, document: Any, *words: str) -> Answer:
    (verb,) = (one for one in verbs if one.name == "instruments")
    parser = argparse.ArgumentParser()
    verb.arguments(parser)
    return await verb.act(parser.parse_args(["draft", written(file, document), *words]), None)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["phq9", "gad7", "pcl5"])
async def test_form_that_we_gave_out_comes_back_as_it_was(tmp_path: Path, code: str) -> None:
    ours = instruments.current(code)
    answer = await draft(tmp_path / "q.json", questionnaire(ours, "en"), "--licence", "SHIP")
    back = instruments.check(reading.parse(Instrument, answer.document))
    assert len(back.items) == len(ours.items)
    for one, item in zip(back.items, ours.items, strict=True):
        assert (one.loinc, one.text) == (item.loinc, {"en": item.text["en"]} if item.text else None)
        offered = {o.value for o in ours.options_of(item)}
        assert {o.value for o in back.options_of(one)} == offered
    assert back.panel_loinc == ours.panel_loinc


async def test_other_form_is_drafted_and_its_texts_are_withheld_without_a_licence(
    tmp_path: Path,
) -> None:
    withheld = (await draft(tmp_path / "q.json", OTHER)).document
    shipped = (await draft(tmp_path / "q.json", OTHER, "--licence", "SHIP")).document
    parsed = instruments.check(reading.parse(Instrument, withheld))
    assert "slept" not in str(withheld)
    assert "slept" in str(shipped)
    (total,) = parsed.scores
    assert (parsed.code, total.lowest, total.highest) == ("sleep__short", 0, 5)
    assert parsed.result({"item1": 1, "item2": 4}).score == 5


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[]",
        {"resourceType": "Patient"},
        {"resourceType": "Questionnaire"},
        {**OTHER, "item": [{"linkId": "1", "text": "x", "answerOption": [{"valueString": "a"}]}]},
        {**OTHER, "item": [{"linkId": "1", "text": "x", "answerOption": [
            {"valueInteger": 1}, {"valueInteger": 1}]}]},
    ],
)  # fmt: skip
async def test_what_cannot_be_scored_is_refused_in_words(tmp_path: Path, document: Any) -> None:
    with pytest.raises(QuestionnaireUnsound):
        await draft(tmp_path / "q.json", document)
