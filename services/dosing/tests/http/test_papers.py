"""What is put right stays visible, and what is printed says all of it."""

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from dosing.http.papers import session_drug
from dosing.store import containers, monitors

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


async def test_record_says_how_the_drug_was_accounted_for_and_who_watched(clinic: Clinic) -> None:
    await clinic.dosed()
    async with clinic.service.db.transaction(clinic.network) as tx:
        session = UUID(clinic.session)
        entries = await containers.entries_of_session(tx, session)
        watchers = await monitors.of_session(tx, session)

    _, _, rows = session_drug.drug(entries)
    _, _, watched = session_drug.watch(watchers)

    assert [(row[1], row[2]) for row in rows] == [
        ("draw", "35.000"),
        ("administer", "34.000"),
        ("waste", "1.000"),
        ("unaccounted", "0.000"),
    ]
    assert rows[2][4] == str(clinic.park)
    assert [row[1] for row in watched] == [str(clinic.ortiz)]


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
    named = {"dispensing-log": "kind", "inventory": "lot", "form-41": "lot"}
    column = rows[0].index(named.get(form, "counted_mg"))
    assert sorted(row[column] for row in rows[1:]) == sorted(kinds)


async def books(clinic: Clinic, path: str = "/v1/books.csv", **query: str) -> list[dict[str, str]]:
    answer = await clinic.get(path, **query)
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_dispensing_log_says_who_got_what_from_whom_and_whence_it_came(
    clinic: Clinic,
) -> None:
    supplier = {
        "supplier_name": "Rocky Mountain Pharmacy",
        "supplier_address": "1 Main St, Denver, CO 80202",
        "supplier_dea": "RA1234567",
        "invoice": "INV-7",
        "received_on": "2027-03-01",
    }
    clinic.vial = await clinic.receive(supplier=supplier)
    await clinic.dosed()

    log = await books(clinic, site_id=str(clinic.site), form="dispensing-log")
    rows = {row["kind"]: row for row in log if row["container"] == clinic.vial}

    assert {name: rows["receive"][name] for name in supplier} == supplier
    given = rows["administer"]
    assert (given["amount_mg"], given["quantity"], given["strength"]) == (
        "34.000",
        "0.68 mL",
        "50 mg/mL",
    )
    assert (given["patient"], given["actor"]) == (str(clinic.patient), str(clinic.ortiz))
    assert (given["ndc"], given["lot"], given["supplier_name"]) == ("0409-2051", "K2411", "")
    assert rows["waste"]["witness"] == str(clinic.park)
    assert rows["receive"]["patient"] == ""


async def test_form_41_holds_what_two_saw_destroyed_and_no_waste(clinic: Clinic) -> None:
    await clinic.dosed()
    box = await clinic.receive(lot="K9")
    body = {"amount_mg": "500", "method": "chemical_digestion"}
    path = f"/v1/containers/{box}/destructions"
    asked = (await clinic.post(clinic.ortiz, path, body)).json()["id"]
    for who in (clinic.park, clinic.lee):
        await clinic.post(who, f"/v1/destructions/{asked}/witness", {"amount_mg": "500"})

    (row,) = await books(clinic, site_id=str(clinic.site), form="form-41")

    assert (row["container"], row["amount_mg"], row["quantity"]) == (box, "500.000", "10 mL")
    assert (row["method"], row["witness_1"], row["witness_2"]) == (
        "chemical_digestion",
        str(clinic.park),
        str(clinic.lee),
    )


async def test_form_106_holds_what_is_missing_with_its_clocks_until_it_is_explained(
    clinic: Clinic,
) -> None:
    lots = {"K1": "495", "K2": "505", "K3": "490"}
    found = {}
    for lot, counted in lots.items():
        box = await clinic.receive(lot=lot)
        path = f"/v1/containers/{box}/counts"
        answer = await clinic.post(clinic.ortiz, path, {"counted_mg": counted})
        found[lot] = answer.json()["discrepancy"]["id"]
    for lot, kind in (("K1", "loss"), ("K1", "notified"), ("K3", "explained")):
        step = {"kind": kind, "reason": "cracked in the cold", "witness": str(clinic.park)}
        await clinic.post(clinic.ortiz, f"/v1/discrepancies/{found[lot]}/steps", step)

    (row,) = await books(clinic, site_id=str(clinic.site), form="form-106")

    assert (row["lot"], row["missing_mg"], row["missing_quantity"]) == ("K1", "5.000", "0.1 mL")
    assert (row["settled"], row["reason"]) == ("loss", "cracked in the cold")
    assert row["notified_at"] == "2027-03-01T18:00:00Z"
    assert (row["report_due_at"], row["reported_at"]) == ("2027-04-15T18:00:00Z", "")


@pytest.mark.parametrize("kind", ["initial", "biennial"])
async def test_inventory_is_printed_as_it_was_taken(clinic: Clinic, kind: str) -> None:
    body = {"kind": kind, "time_of_day": "close", "taken_on": "2027-03-01"}
    sites = (str(clinic.site), str(uuid4()))
    full, empty = [
        (await clinic.post(clinic.ortiz, "/v1/inventories", {**body, "site_id": site})).json()["id"]
        for site in sites
    ]
    await clinic.dosed()  # and what happened since changes nothing

    (row,) = await books(clinic, f"/v1/inventories/{full}/list.csv")
    printed = await clinic.get(f"/v1/inventories/{full}/list.pdf")

    assert (row["kind"], row["time_of_day"], row["taken_on"]) == (kind, "close", "2027-03-01")
    assert (row["strength"], row["full_container_quantity"], row["quantity"]) == (
        "50 mg/mL",
        "10 mL",
        "10 mL",
    )
    assert (row["opened"], row["balance_mg"]) == ("no", "500.000")
    assert printed.content.startswith(b"%PDF-")
    assert await books(clinic, f"/v1/inventories/{empty}/list.csv") == []
    assert (await clinic.get(f"/v1/inventories/{empty}/list.pdf")).content.startswith(b"%PDF-")
    assert (await clinic.get(f"/v1/inventories/{uuid4()}/list.csv")).status_code == 404


async def test_instructions_name_the_crisis_line_and_forbid_driving(clinic: Clinic) -> None:
    answer = await clinic.get("/v1/discharge-instructions.pdf", language="es")

    assert answer.content.startswith(b"%PDF-")
    from dosing import data

    for language in ("en", "es"):
        words = " ".join(data.instructions(language).lines)
        assert "988" in words
        assert "911" in words
