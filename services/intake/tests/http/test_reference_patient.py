"""The reference patient's days -14 to -10 by the API (clinical reference, 10a): what is asked and
found on each day is what the reference says."""

from datetime import timedelta
from typing import Any

from .steps import FACTS, PHQ9_19, Clinic, understood

REFERRAL = {"indication": "treatment_resistant_depression", "referrer_name": "Dr Vale"}
PCL5_28 = (2, 1, 0, 2, 1, 2, 2, 0, 2, 2, 2, 2, 2, 2, 1, 0, 1, 1, 2, 1)


async def test_days_minus_14_to_minus_10_go_as_the_reference_says(clinic: Clinic) -> None:
    clock = clinic.service.clock
    referred = await clinic.post("/v1/referrals", REFERRAL)
    await clinic.register()

    # Day -14: screening.
    started = await clinic.start("phq9")
    raised: list[str] = []
    for item, value in PHQ9_19.items():
        raised += (await clinic.answer(started, item, value)).json()["concerns"]
    (concern,) = await clinic.concerns()
    phq9 = (await clinic.complete(started)).json()
    gad7 = await clinic.assess("gad7", {f"item{n}": 2 for n in range(1, 8)})
    pcl5 = await clinic.assess("pcl5", {f"item{n}": v for n, v in enumerate(PCL5_28, start=1)})
    audit_c = await clinic.assess("audit_c", {"item1": 1, "item2": 1, "item3": 0})
    dast10 = (await clinic.enter("dast10", {"total": "1"})).json()["assessment"]
    # The screener that item 9 asks for is there already.
    listed = (await clinic.get(f"/v1/patients/{clinic.patient}/assessments")).json()["items"]
    (begun,) = [one["id"] for one in listed if one["instrument"] == "cssrs_screener"]
    for item, value in {"q1": 1, "q2": 0, "q6_lifetime": 0}.items():
        assert (await clinic.answer(begun, item, value)).status_code == 201
    cssrs = (await clinic.complete(begun)).json()
    await clinic.on_concern(concern, "acknowledgement", "cssrs_to_follow")
    assert referred.status_code == 201
    assert (raised, concern["trigger"]) == ([concern["id"]], "phq9_item9")
    assert [one["score"] for one in (phq9, gad7, pcl5, audit_c, dast10)] == [19, 14, 28, 2, 1]
    assert cssrs["band"] == "low"
    assert "no_decision" in (await clinic.status())["reasons"]

    # Day -12: the prescriber's evaluation. Nothing is passed before it is known.
    clock.advance(timedelta(days=2))
    before = await clinic.evaluate()
    assert before["attest"]
    await clinic.record(**FACTS)
    await clinic.record(resting_systolic_mmhg=128, resting_diastolic_mmhg=80,
                        pregnancy_status="not_pregnant", alt_times_uln="0.5")  # fmt: skip
    found = await clinic.evaluate()
    esketamine = await clinic.evaluate("nasal_esketamine")
    assert (found["forbidden_by"], found["attest"]) == ([], [])
    assert {r["finding"] for r in found["results"]} == {"pass"}
    assert [r["finding"] for r in esketamine["results"] if r["rule"] == "C39"] == ["pass"]
    decided = await clinic.decide(found)
    assert decided.json()["outcome"] == "eligible"
    assert (await clinic.status())["reasons"] == ["no_consent"]

    # Day -10: consent, nine of ten right.
    clock.advance(timedelta(days=2))
    signed = await clinic.sign(await clinic.draft(), comprehension={"answers": understood(1)})
    kept: dict[str, Any] = signed.json()
    assert (kept["state"], kept["questions_correct"], kept["questions_asked"]) == ("active", 9, 10)
    assert (await clinic.status())["cleared"]
    types = [e.type.split(".")[1] for e in await clinic.service.outboxed(clinic.network)]
    assert types.count("assessment_completed") == 6
    assert types[-2:] == ["consent_signed", "clearance_changed"]
