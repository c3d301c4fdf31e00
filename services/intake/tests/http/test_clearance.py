"""Clearance over HTTP: public when it changes, and confirmed for dosing alone."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from .steps import CSSRS_LOW, Clinic, problem


async def test_decision_and_consent_clear_the_route_and_say_so(clinic: Clinic) -> None:
    await clinic.clear_for_im()

    status = await clinic.status()

    assert status["cleared"]
    assert status["expires_at"] == "2027-08-28T12:00:00Z"
    assert not (await clinic.status("sublingual"))["cleared"]
    events = await clinic.service.outboxed(clinic.network)
    changes = [e.data for e in events if e.type == "intake.clearance_changed.v1"]
    assert [c["clearance_version"] for c in changes] == [1, 2, 3]
    (im,) = (r for r in changes[-1]["routes"] if r["route"] == "im")
    assert im["cleared"]
    assert im["reasons"] == []


async def test_clearance_is_announced_only_when_it_changed(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    before = await clinic.status()

    await clinic.assess("gad7", {f"item{n}": 2 for n in range(1, 8)})
    await clinic.record(weight_kg="67.0")
    await clinic.draft()
    await clinic.answer(await clinic.start("phq9"), "item9", 1)
    await clinic.answer(await clinic.start("cssrs_screener"), "q3", 1)  # blocked already

    assert (await clinic.status())["version"] == before["version"] + 1
    events = await clinic.service.outboxed(clinic.network)
    changes = [e for e in events if e.type == "intake.clearance_changed.v1"]
    assert len(changes) == before["version"] + 1


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        ({"psychosis_current": True}, "decision_excluded"),
        ({"pregnancy_status": "pregnant"}, "decision_excluded"),
        ({"medications": ["theophylline"]}, "decision_excluded"),
        ({"resting_systolic_mmhg": 182}, "decision_held"),
        ({"bipolar_history": True}, "decision_in_review"),
        ({"alt_times_uln": "3.5"}, "decision_in_review"),
        (
            {"medications": ["sertraline", "lorazepam"]},
            "decision_in_review",
        ),  # monitoring unweighed
        ({"psychosis_history": None}, "decision_in_review"),  # not known after all
    ],
)
async def test_fact_that_contradicts_the_decision_takes_the_clearance_at_once(
    clinic: Clinic, fact: dict[str, Any], reason: str
) -> None:
    """10b #6: what is found after decision and consent."""
    await clinic.clear_for_im()

    assert (await clinic.record(**fact)).status_code == 201

    refused = await clinic.confirm()
    assert problem(refused) == (409, "not_cleared")
    assert refused.json()["rules"] == [reason]
    event = (await clinic.service.outboxed(clinic.network))[-1]
    assert event.type == "intake.clearance_changed.v1"
    (im,) = (r for r in event.data["routes"] if r["route"] == "im")
    assert (im["cleared"], im["reasons"]) == (False, [reason])


async def test_fact_that_contradicts_nothing_leaves_the_clearance(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    before = await clinic.status()

    await clinic.record(psychosis_current=False, resting_systolic_mmhg=140, medications=[])

    assert await clinic.status() == before
    assert (await clinic.confirm()).status_code == 201


async def test_new_decision_on_what_is_known_now_clears_again(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    await clinic.record(resting_systolic_mmhg=182)
    refused = await clinic.decide(await clinic.evaluate())
    await clinic.record(resting_systolic_mmhg=124)

    assert problem(refused) == (409, "rules_forbid")
    assert (await clinic.decide(await clinic.evaluate())).status_code == 201
    assert (await clinic.confirm()).status_code == 201


async def test_high_risk_screener_outlives_the_clearing_of_its_concern(clinic: Clinic) -> None:
    """Rule C34 forbids until the patient has been screened again."""
    await clinic.clear_for_im()
    await clinic.assess("cssrs_screener", {**CSSRS_LOW, "q2": 1, "q3": 0, "q4": 1, "q5": 0})
    for concern in await clinic.concerns():
        await clinic.on_concern(concern, "acknowledgement", "assessed_in_person")
        await clinic.on_concern(concern, "clearing", "risk_reassessed_low")

    assert (await clinic.status())["reasons"] == ["decision_held"]

    clinic.service.clock.advance(timedelta(minutes=5))
    await clinic.assess("cssrs_screener", CSSRS_LOW)
    assert (await clinic.status())["cleared"]


async def test_confirmation_names_the_version_and_lasts_seconds(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    version = (await clinic.status())["version"]

    confirmed = await clinic.confirm()

    assert confirmed.status_code == 201
    body = confirmed.json()
    assert body["clearance_version"] == version
    assert body["patient_id"] == clinic.patient
    assert body["confirmed_at"] == "2027-03-01T12:00:00Z"
    assert body["valid_until"] == "2027-03-01T12:00:10Z"
    assert body["extra_monitoring"] == []
    (kept,) = await clinic.service.rows("clearance_confirmation", clinic.network)
    assert str(kept["id"]) == body["confirmation_id"]


async def test_repeated_confirmation_is_the_first_answer(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    subject, acting = uuid4(), {"Kairos-Acting-For": str(uuid4())}
    path = f"/v1/patients/{clinic.patient}/clearance/confirmations"
    key = {"Idempotency-Key": str(uuid4())}

    async with clinic.client("service", subject=subject, headers=acting) as dosing:
        first = await dosing.post(path, json={"route": "im"}, headers=key)
        again = await dosing.post(path, json={"route": "im"}, headers=key)

    assert first.content == again.content
    assert len(await clinic.service.rows("clearance_confirmation", clinic.network)) == 1


async def test_route_that_is_not_cleared_is_refused_with_its_reasons(clinic: Clinic) -> None:
    await clinic.clear_for_im()

    refused = await clinic.confirm("sublingual")

    assert problem(refused) == (409, "not_cleared")
    assert refused.json()["rules"] == ["no_decision", "no_consent"]
    assert refused.json()["clearance_version"] == 3
    assert await clinic.service.rows("clearance_confirmation", clinic.network) == []


async def test_expired_decision_is_not_cleared_without_any_timer(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    clinic.service.clock.advance(timedelta(days=180) - timedelta(seconds=4))
    last = await clinic.confirm()
    clinic.service.clock.advance(timedelta(seconds=4))
    late = await clinic.confirm()

    assert last.json()["valid_until"] == "2027-08-28T12:00:00Z"
    assert late.json()["rules"] == ["decision_expired"]
    assert (await clinic.status())["cleared"] is False


async def test_only_a_service_confirms_and_for_somebody(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    path = f"/v1/patients/{clinic.patient}/clearance/confirmations"

    async with clinic.client("service") as nobody:
        unnamed = await nobody.post(path, json={"route": "im"})
        unknown = await nobody.post(
            f"/v1/patients/{uuid4()}/clearance/confirmations",
            json={"route": "im"},
            headers={"Kairos-Acting-For": str(uuid4())},
        )

    assert problem(await clinic.post(path, {"route": "im"})) == (403, "not_permitted")
    assert problem(unnamed) == (400, "acting_for_required")
    assert problem(unknown) == (404, "patient_not_found")
