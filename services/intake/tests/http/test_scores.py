"""Totals, prorated and repeated scores over HTTP, and what they tell the others."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from kairos_events.dosing import DoseAdministeredV1
from kairos_events.fields import Route

from .steps import PHQ9_19, Clinic, problem


async def completed(clinic: Clinic) -> list[dict[str, Any]]:
    events = await clinic.service.outboxed(clinic.network)
    return [e.data for e in events if e.type == "intake.assessment_completed.v1"]


async def test_totals_are_kept_and_announced_as_one_assessment(clinic: Clinic) -> None:
    await clinic.register()

    entered = await clinic.enter("meq30", {"mean": "3.1", "mystical": "3.4"})

    assert entered.status_code == 201, entered.text
    view = entered.json()["assessment"]
    assert (view["entered"], view["state"], view["band"]) == (True, "completed", None)
    (event,) = await completed(clinic)
    assert event["scores"] == [
        {"code": "mean", "value": "3.1"},
        {"code": "mystical", "value": "3.4"},
    ]
    assert (await clinic.get(entered.headers["Location"])).json()["scores"] == event["scores"]


async def test_safety_item_beside_a_total_raises_its_concern(clinic: Clinic) -> None:
    await clinic.register()

    hidden = await clinic.enter("madrs", {"total": "30"})
    told = await clinic.enter("madrs", {"total": "30"}, item10=5)

    assert problem(hidden) == (422, "safety_items_missing")
    assert len(told.json()["concerns"]) == 1
    assert [c["trigger"] for c in await clinic.concerns()] == ["madrs_item10"]


async def test_totals_of_an_instrument_asked_here_are_refused(clinic: Clinic) -> None:
    await clinic.register()
    assert problem(await clinic.enter("gad7", {"total": "3"})) == (422, "scores_not_taken")
    assert await completed(clinic) == []


async def test_score_says_that_its_recall_window_overlaps_a_dose(
    clinic: Clinic, network: UUID
) -> None:
    await clinic.register()
    before = await clinic.assess("phq9", {**PHQ9_19, "item9": 0})
    dose = DoseAdministeredV1(
        dose_id=uuid4(), session_id=uuid4(), visit_id=uuid4(), patient_id=UUID(clinic.patient),
        site_id=uuid4(), route=Route.IM, product="ketamine", amount_mg=Decimal(34),
        administered_at=clinic.service.clock.now(), clearance_version=3,
    )  # fmt: skip
    await clinic.service.deliver(dose, network)
    await clinic.service.deliver(dose, network)  # a repeat changes nothing
    clinic.service.clock.at += timedelta(days=13, hours=23)
    within = await clinic.assess("phq9", {**PHQ9_19, "item9": 0})
    clinic.service.clock.at += timedelta(hours=2)
    beyond = await clinic.assess("phq9", {**PHQ9_19, "item9": 0})

    flags = [one["recall_overlaps_dose"] for one in (before, within, beyond)]
    assert flags == [False, True, False]
    assert [e["recall_overlaps_dose"] for e in await completed(clinic)] == flags
    assert len(await clinic.service.rows("dose_given", network)) == 1


async def test_prorated_completion_is_flagged_and_never_silent(clinic: Clinic) -> None:
    await clinic.register()
    assessment = await clinic.start("phq9")
    for item in ("item1", "item2", "item3", "item4", "item5", "item6", "item9"):
        await clinic.answer(assessment, item, 0 if item == "item9" else 2)
    path = f"/v1/assessments/{assessment}"
    etag = (await clinic.get(path)).headers["ETag"]

    plain = await clinic.post(f"{path}/completion", headers={"If-Match": etag})
    prorated = await clinic.post(f"{path}/prorated-completion", headers={"If-Match": etag})

    assert problem(plain) == (409, "assessment_incomplete")
    assert (prorated.json()["score"], prorated.json()["prorated"]) == (15, True)  # 12 * 9 / 7
    (event,) = await completed(clinic)
    assert event["prorated"] is True


async def test_rescoring_is_a_new_record_and_leaves_the_earlier_one(clinic: Clinic) -> None:
    await clinic.register()
    first = await clinic.assess("phq9", {**PHQ9_19, "item9": 0})

    anew = await clinic.post(f"/v1/assessments/{first['id']}/rescoring")
    unfinished = await clinic.post(f"/v1/assessments/{await clinic.start('gad7')}/rescoring")
    entered = (await clinic.enter("ebi", {"total": "410"})).json()["assessment"]
    without_answers = await clinic.post(f"/v1/assessments/{entered['id']}/rescoring")

    assert anew.status_code == 201, anew.text
    assert anew.json()["rescores"] == first["id"]
    assert anew.json()["scores"] == first["scores"]
    assert (await clinic.get(f"/v1/assessments/{first['id']}")).json() == first
    assert problem(unfinished) == (409, "assessment_not_completed")
    assert problem(without_answers) == (409, "assessment_unanswered")


async def test_instruments_and_assessments_are_listed(clinic: Clinic) -> None:
    await clinic.register()
    await clinic.start("phq9")
    shown = (await clinic.get("/v1/instruments")).json()["items"]
    listed = (await clinic.get(f"/v1/patients/{clinic.patient}/assessments")).json()["items"]

    assert {i["code"] for i in shown} >= {"phq9", "pcl5", "audit_c", "ebi", "cadss6", "dast10"}
    assert not any(item["text"] for i in shown if i["licence"] != "SHIP" for item in i["items"])
    assert [a["instrument"] for a in listed] == ["phq9"]
