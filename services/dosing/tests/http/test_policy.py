"""Protocols of a network's own, inventories, and signals that a person reviews."""

import argparse
import copy
import json
import subprocess
import sys
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from dosing import data
from dosing.operations import VERBS

from .clinic import Clinic


def own(**changes: Any) -> dict[str, Any]:
    """The shipped protocol as a network's own version."""
    text = copy.deepcopy(data.document("protocol_im_racemic_ketamine_v3.toml"))
    return {**text, "version": "3-cautious", **changes}


async def as_director(clinic: Clinic, path: str, body: Any, who: Any = None) -> Any:
    director = who or clinic.lee
    client = clinic.service.client("medical_director", network=clinic.network, subject=director)
    async with client:
        return await client.post(path, json=body)


async def test_only_a_signed_version_opens_sessions_and_open_ones_keep_theirs(
    clinic: Clinic,
) -> None:
    director = uuid4()
    await clinic.hire(director, "medical_director")
    kept = (await as_director(clinic, "/v1/protocols", {"content": own()})).json()
    named = {"code": kept["code"], "version": kept["version"]}

    unsigned = await as_director(clinic, "/v1/protocol-publications", named)
    other = {**named, "sha256": "0" * 64}
    wrong = await as_director(clinic, "/v1/protocol-signatures", other, director)
    stranger = await as_director(
        clinic, "/v1/protocol-signatures", {**named, "sha256": kept["sha256"]}
    )
    signed = await as_director(
        clinic, "/v1/protocol-signatures", {**named, "sha256": kept["sha256"]}, director
    )
    before = clinic.session
    published = await as_director(clinic, "/v1/protocol-publications", named, director)
    after = await clinic.check_in()

    assert unsigned.json()["type"] == "urn:kairos:problem:protocol_not_signed"
    assert wrong.json()["type"] == "urn:kairos:problem:protocol_not_signed"
    assert stranger.json()["type"] == "urn:kairos:problem:not_licensed"
    assert (signed.status_code, published.status_code) == (201, 201)
    versions = [
        (await clinic.get(f"/v1/sessions/{one}")).json()["protocol_version"]
        for one in (before, after)
    ]
    assert versions == ["4", "3-cautious"]


@pytest.mark.parametrize(
    ("section", "figure", "value", "fault"),
    [
        ("dose", "soft_stop_mg_per_kg", {"value": "1.6", "source": "us"}, "soft_stop_mg_per_kg"),
        ("dose", "soft_stop_mg_per_kg", {"value": "1.0"}, "no_source"),
        ("pre_dose", "go_systolic_mmhg", {"value": 170, "source": "us"}, "go_systolic_mmhg"),
        ("dose", "rounding_mg", {"value": "5", "source": "us"}, "example 1"),
        ("watch", "minimum_minutes", None, "unreadable"),
    ],
)
async def test_unsound_protocol_is_refused_by_name(
    clinic: Clinic, section: str, figure: str, value: Any, fault: str
) -> None:
    content = own()
    content[section] = {**content[section], figure: value}
    if value is None:
        del content[section][figure]

    answer = await as_director(clinic, "/v1/protocols", {"content": content})

    assert answer.json()["type"] == "urn:kairos:problem:protocol_unsound"
    assert any(fault in one for one in answer.json()["rules"])


async def test_shipped_version_is_not_replaced(clinic: Clinic) -> None:
    answer = await as_director(clinic, "/v1/protocols", {"content": own(version="3")})

    assert answer.json()["type"] == "urn:kairos:problem:protocol_exists"


async def test_inventory_says_what_is_there_and_an_empty_one_too(clinic: Clinic) -> None:
    body = {"kind": "initial", "time_of_day": "opening", "taken_on": "2027-03-01"}

    full = await clinic.post(clinic.ortiz, "/v1/inventories", {**body, "site_id": str(clinic.site)})
    empty = await clinic.post(clinic.ortiz, "/v1/inventories", {**body, "site_id": str(uuid4())})

    assert [line["balance_mg"] for line in full.json()["lines"]] == ["500.000"]
    assert empty.json()["lines"] == []
    kept = (await clinic.get("/v1/inventories", site_id=str(clinic.site))).json()["items"]
    assert [one["kind"] for one in kept] == ["initial"]


async def test_signal_is_reviewed_by_another_and_once(clinic: Clinic) -> None:
    body = {"patient_id": str(clinic.patient), "code": "urinary_symptoms", "note": "burning"}
    raised = (await clinic.post(clinic.lee, "/v1/misuse-signals", body)).json()
    both = await clinic.post(clinic.lee, "/v1/misuse-signals", {**body, "staff_id": str(uuid4())})
    review = {"outcome": "prescriber_informed", "note": "urinalysis ordered"}
    path = f"/v1/misuse-signals/{raised['id']}/review"

    own_review = await clinic.post(clinic.lee, path, review)
    done = await as_director(clinic, path, review, uuid4())
    again = await as_director(clinic, path, review, uuid4())

    assert both.json()["type"] == "urn:kairos:problem:subject_unclear"
    assert own_review.json()["type"] == "urn:kairos:problem:same_person"
    assert done.json()["outcome"] == "prescriber_informed"
    assert again.json()["type"] == "urn:kairos:problem:signal_reviewed"
    (event,) = [e for e in await clinic.service.outboxed(clinic.network) if "misuse" in e.type]
    assert event.data["code"] == "urinary_symptoms"


async def misuse(clinic: Clinic) -> list[tuple[str, dict[str, Any]]]:
    rows = await clinic.service.rows("misuse_signal", clinic.network)
    return [(row["code"], json.loads(row["reasons"])) for row in rows]


async def test_refill_before_the_last_is_used_up_is_a_signal_with_its_reasons(
    clinic: Clinic,
) -> None:
    clinic.product = "ketamine_rdt_100mg_12"
    box = {
        "amount_mg": "1200",
        "ownership": "patient_specific_held",
        "patient_id": str(clinic.patient),
    }
    await clinic.receive(**box)
    first = await misuse(clinic)
    clinic.service.clock.advance(timedelta(days=30))
    await clinic.receive(**box)

    assert first == []
    assert await misuse(clinic) == [
        ("refill_early", {"left_mg": "1200.000", "dispensed_mg": "1200.000", "days_since": 30})
    ]
    assert "dosing.misuse_signal_raised.v1" in await clinic.types()


async def test_dose_sought_early_again_and_again_is_a_signal(clinic: Clinic) -> None:
    await clinic.dosed()
    clinic.session = await clinic.check_in()
    for _ in range(2):
        assert "interval_not_kept" in (await clinic.give(None)).json()["rules"]
    before = await misuse(clinic)
    await clinic.give(None)

    assert before == []
    assert await misuse(clinic) == [("early_dose_sought", {"refusals": 3, "limit": 3})]


@pytest.mark.parametrize("act", ["submit", "sign", "publish"])
def test_operators_verb_decides_nothing_about_protocols(act: str) -> None:
    """Who does it stands in a token: the process's own verb takes nobody's word for it."""
    (verb,) = [one for one in VERBS if one.name == "protocols"]
    parser = argparse.ArgumentParser()
    verb.arguments(parser)

    assert parser.parse_args(["test"]).act == "test"
    with pytest.raises(SystemExit):
        parser.parse_args([act, "im", "3", "--by", str(uuid4())])


def test_shipped_protocols_hold_by_the_operators_verb() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dosing", "protocols", "test", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert not any(json.loads(done.stdout)["faults"].values())


async def test_protocol_is_signed_by_nobody_without_the_role(clinic: Clinic) -> None:
    await clinic.hire(clinic.lee, "medical_director")  # the role has to be in the token as well
    kept = (await as_director(clinic, "/v1/protocols", {"content": own()})).json()
    named = {name: kept[name] for name in ("code", "version", "sha256")}

    nurse = await clinic.post(clinic.ortiz, "/v1/protocol-signatures", named)
    prescriber = await clinic.post(clinic.lee, "/v1/protocol-signatures", named)

    assert (nurse.status_code, prescriber.status_code) == (403, 403)
