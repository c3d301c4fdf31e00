"""What is put right stays visible, and what is printed says all of it."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from .clinic import GOOD, WELL, Clinic


async def correct(clinic: Clinic, observation: str, readings: Any) -> Any:
    path = f"/v1/sessions/{clinic.session}/observations/{observation}/corrections"
    body = {"readings": readings, "reason": "cuff was on the wrong arm"}
    return await clinic.post(clinic.ortiz, path, body)


async def test_correction_is_a_version_that_counts_and_the_written_one_stays(
    clinic: Clinic,
) -> None:
    await clinic.order()
    seen = (await clinic.observe({**GOOD, "systolic_mmhg": 164})).json()["id"]
    assert "pre_dose_bp_hold" in (await clinic.draw()).json()["rules"]

    corrected = await correct(clinic, seen, GOOD)
    await clinic.observe({"heart_rate_bpm": 72})
    drawn = await clinic.draw()

    assert corrected.json()["version"] == 2
    assert drawn.status_code == 201, drawn.text
    rows = await clinic.service.rows("observation", clinic.network)
    assert rows[0]["systolic_mmhg"] == 164
    (kept,) = await clinic.service.rows("correction", clinic.network)
    assert (kept["reason"], kept["corrected_by"]) == ("cuff was on the wrong arm", clinic.ortiz)


async def test_observation_entered_in_error_is_taken_back_and_baseline_is_missing(
    clinic: Clinic,
) -> None:
    draw = await clinic.ready()
    (seen,) = await clinic.service.rows("observation", clinic.network)

    assert (await correct(clinic, str(seen["id"]), None)).status_code == 201

    rules = (await clinic.give(draw)).json()["rules"]
    assert rules == ["pre_dose_vitals_missing", "baseline_missing"]


async def test_implausible_correction_is_refused(clinic: Clinic) -> None:
    seen = (await clinic.observe()).json()["id"]

    answer = await correct(clinic, seen, {**GOOD, "spo2_percent": 9})

    assert answer.json()["type"] == "urn:kairos:problem:implausible_reading"


async def test_late_entry_is_marked(clinic: Clinic) -> None:
    at = clinic.service.clock.now()
    clinic.service.clock.advance(timedelta(minutes=20))

    answer = await clinic.observe(observed_at=at.isoformat())

    assert answer.json()["late_minutes"] == 20
    assert answer.json()["recorded_at"] != answer.json()["observed_at"]


async def test_record_is_printed_with_its_chart(clinic: Clinic) -> None:
    await clinic.dosed()
    begun = clinic.service.clock.now()
    await clinic.watched_at(begun, 10, 20, 30, readings=WELL)
    path = f"/v1/sessions/{clinic.session}/record.pdf"

    first, again = await clinic.get(path), await clinic.get(path)

    assert first.headers["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    assert len(first.content) > 4000
    assert first.content == again.content


@pytest.mark.parametrize("form", ["dispensing-log", "inventory", "form-41", "form-106"])
async def test_books_are_tables_for_people_and_for_programs(clinic: Clinic, form: str) -> None:
    await clinic.dosed()
    await clinic.post(clinic.ortiz, f"/v1/containers/{clinic.vial}/counts", {"counted_mg": "460"})
    query = {"site_id": str(clinic.site), "form": form}

    printed = await clinic.get("/v1/books.pdf", **query)
    table = await clinic.get("/v1/books.csv", **query)

    assert printed.content.startswith(b"%PDF-")
    rows = list(csv.reader(io.StringIO(table.text)))
    kinds = {
        "dispensing-log": ["receive", "draw", "administer", "waste", "count", "quarantine"],
        "inventory": ["K2411"],
        "form-41": [],
        "form-106": ["460.000"],
    }[form]
    column = {"dispensing-log": 1, "inventory": 1, "form-41": 0, "form-106": 3}[form]
    assert sorted(row[column] for row in rows[1:]) == sorted(kinds)


async def test_instructions_name_the_crisis_line_and_forbid_driving(clinic: Clinic) -> None:
    answer = await clinic.get("/v1/discharge-instructions.pdf", language="es")

    assert answer.content.startswith(b"%PDF-")
    from dosing import data

    for language in ("en", "es"):
        words = " ".join(data.instructions(language).lines)
        assert "988" in words
        assert "911" in words
