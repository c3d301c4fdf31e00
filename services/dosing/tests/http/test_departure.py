"""Leaving against advice: for whom it is, and what it takes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from .clinic import AT_THE_DOOR, WELL, Clinic
from .test_every_route import change, iv, start


async def leave(clinic: Clinic, **changes: Any) -> Any:
    seen = await clinic.get(f"/v1/sessions/{clinic.session}")
    body = {
        "reason": "insisted",
        "risks_explained": True,
        "keys_kept": True,
        "escort_called": True,
        **AT_THE_DOOR,
        **changes,
    }
    path = f"/v1/sessions/{clinic.session}/departure"
    return await clinic.post(clinic.ortiz, path, body, **{"If-Match": seen.headers["ETag"]})


async def test_patient_who_may_leave_is_discharged_and_does_not_depart(clinic: Clinic) -> None:
    await clinic.dosed()
    begun = clinic.service.clock.now()
    await clinic.watched_at(begun, 10, 20, 30, 45, 60, 90, 104, 119, readings=WELL)
    clinic.service.clock.at = begun + timedelta(minutes=120)

    departed = await leave(clinic)

    assert departed.json()["type"] == "urn:kairos:problem:departure_unneeded"
    assert (await clinic.discharge()).status_code == 200


@pytest.mark.parametrize(
    ("reason", "status"), [("left_unseen", 200), ("insisted", 409), ("emergency_elsewhere", 409)]
)
async def test_risks_are_explained_to_whoever_was_seen_to_leave(
    clinic: Clinic, reason: str, status: int
) -> None:
    await clinic.dosed()

    answer = await leave(clinic, reason=reason, risks_explained=False)

    assert answer.status_code == status, answer.text


async def test_who_left_against_advice_is_called_and_nothing_waits_for_them_here(
    clinic: Clinic,
) -> None:
    await clinic.dosed()
    assert (await leave(clinic)).status_code == 200
    clinic.service.clock.advance(timedelta(minutes=30))
    await clinic.due()

    alerts = await clinic.service.rows("alert", clinic.network)
    assert [row["code"] for row in alerts] == []
    calls = await clinic.service.rows("follow_up", clinic.network)
    assert "left_against_advice" in [row["kind"] for row in calls]
    assert (await clinic.discharge()).status_code == 409


@pytest.mark.parametrize(
    ("volume", "given", "wasted"),
    [("1.70", "17", "17"), ("3.40", "34", None), ("0.00", None, "34")],
)
async def test_infusion_of_who_left_while_it_ran_is_charted_to_the_last_milligram(
    clinic: Clinic, volume: str, given: str | None, wasted: str | None
) -> None:
    """Record, ledger, exposure and the lot's trace have what ran in; the session stays over."""
    draw = await iv(clinic)
    infusion = (await start(clinic, draw)).json()["id"]
    clinic.service.clock.advance(timedelta(minutes=20))
    left = await leave(clinic, reason="left_unseen")
    assert left.status_code == 200, left.text

    faster = await change(clinic, infusion, "rate", rate_ml_per_h="5.00")
    ended = await change(clinic, infusion, "stop", volume_ml=volume)
    assert ended.status_code == 201, ended.text
    if wasted is not None:
        body = {"amount_mg": wasted, "reason": "residue"}
        waste = (await clinic.post(clinic.ortiz, f"/v1/draws/{draw}/wastes", body)).json()["id"]
        path = f"/v1/wastes/{waste}/witness"
        seen = await clinic.post(clinic.park, path, {"amount_mg": wasted})
        assert seen.status_code == 201, seen.text

    assert faster.json()["type"] == "urn:kairos:problem:session_over"
    trace = await clinic.get("/v1/lot-traces", product=clinic.product, lot="K2411")
    doses = [(one["patient_id"], one["amount_mg"]) for one in trace.json()["doses"]]
    assert doses == ([] if given is None else [(str(clinic.patient), given)])
    exposed = await clinic.service.rows("exposure", clinic.network)
    assert [row["amount_mg"] for row in exposed] == ([] if given is None else [Decimal(given)])
    assert ("dosing.dose_administered.v1" in await clinic.types()) is (given is not None)
    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    entries = [(one["kind"], one["amount_mg"]) for one in vial["entries"]]
    parts = [("administer", given), ("waste", wasted)]
    assert entries == [("receive", "200"), ("draw", "34"), *[one for one in parts if one[1]]]
    assert (vial["balance_mg"], vial["chain"]) == ("166", "intact")
    session = (await clinic.get(f"/v1/sessions/{clinic.session}")).json()
    assert session["state"] == "left_against_advice"


async def test_nothing_is_given_to_who_has_left(clinic: Clinic) -> None:
    """The twin: only what began before the departure is charted after it."""
    await clinic.dosed()
    assert (await leave(clinic)).status_code == 200

    answer = await clinic.give(None)

    assert answer.status_code == 409
    assert "session_not_ready" in answer.json()["rules"]
