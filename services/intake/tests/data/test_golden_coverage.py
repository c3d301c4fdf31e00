"""No instrument without golden tests, and every score of every instrument as an Observation."""

import ast
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from intake.data.instruments import newest
from intake.domain.assessment import Assessment
from intake.domain.instrument import Instrument
from intake.http.fhir_out import observations, questionnaire

REFERENCE = {
    *("phq9", "gad7", "pcl5", "cssrs_screener", "audit_c"),
    *("dast10", "qids_sr16", "madrs", "cadss", "cadss6", "meq30", "ebi", "bsrs5"),
}
LOINC = {  # the codes of the clinical reference, section 4; the others have none that is verified
    "phq9": "44261-6",
    "gad7": "70274-6",
    "pcl5": "101698-9",
    "cssrs_screener": "93374-7",
    "audit_c": "75626-2",
    "dast10": "82667-7",
}
GOLDEN = [
    Path(__file__).with_name(name) for name in ("test_golden_scores.py", "test_instruments.py")
]


def test_every_instrument_of_the_reference_ships_and_has_golden_tests() -> None:
    words = {
        node.value
        for path in GOLDEN
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {one.code for one in newest()} == REFERENCE
    assert words >= REFERENCE


@pytest.mark.parametrize("instrument", newest(), ids=lambda one: one.code)
def test_every_score_is_an_observation_with_its_code(instrument: Instrument) -> None:
    answers = {i.code: instrument.options_of(i)[0].value for i in instrument.items}
    now = datetime(2027, 3, 1, tzinfo=UTC)
    done = Assessment(
        id=uuid4(), patient_id=uuid4(), instrument=instrument.code,
        instrument_version=instrument.version, started_at=now, answers=answers,
        completed_at=now, result=instrument.result(answers),
    )  # fmt: skip

    found = [entry["resource"] for entry in observations(done, instrument)["entry"]]

    assert len(found) == max(1, len(instrument.scores))
    codings = [one["code"]["coding"] for one in found]
    loinc = [c["code"] for coding in codings for c in coding if c["system"] == "http://loinc.org"]
    assert loinc == [LOINC[instrument.code]] if instrument.code in LOINC else loinc == []
    assert all(c["code"].startswith(f"{instrument.code}.") for *_, c in codings)
    assert all(("valueQuantity" in one) != ("valueCodeableConcept" in one) for one in found)


@pytest.mark.parametrize("instrument", newest(), ids=lambda one: one.code)
def test_every_instrument_is_a_questionnaire(instrument: Instrument) -> None:
    form = questionnaire(instrument, "en")
    assert [item["linkId"] for item in form["item"]] == [item.code for item in instrument.items]
    for asked, item in zip(form["item"], instrument.items, strict=True):
        offered = [option["valueCoding"]["code"] for option in asked["answerOption"]]
        assert offered == [str(option.value) for option in instrument.options_of(item)]
