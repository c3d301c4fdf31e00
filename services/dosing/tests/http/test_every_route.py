"""Every route has its own way of giving: infusions, lozenges, devices."""

from datetime import timedelta
from typing import Any

import pytest
from kairos_events.fields import Route

from .clinic import WELL, Clinic


async def iv(clinic: Clinic) -> str:
    """Ordered, drawn and checked for an infusion. Returns the draw's id."""
    await clinic.switch(Route.IV, "ketamine_10mg_ml_20ml", "200")
    assert (await clinic.order()).status_code == 201
    assert (await clinic.observe()).status_code == 201
    drawn = await clinic.draw("34")
    assert drawn.status_code == 201, drawn.text
    draw = str(drawn.json()["draw_id"])
    assert (await clinic.check(draw, volume_ml="3.40")).status_code == 201
    return draw


async def start(clinic: Clinic, draw: str) -> Any:
    now = clinic.service.clock.now().isoformat()
    path = f"/v1/sessions/{clinic.session}/infusions"
    return await clinic.post(clinic.ortiz, path, {"draw_id": draw, "started_at": now})


async def change(clinic: Clinic, infusion: str, kind: str, **more: Any) -> Any:
    now = clinic.service.clock.now().isoformat()
    body = {"kind": kind, "cause": "test", "occurred_at": now, **more}
    act = "end" if kind in ("stop", "complete") else "changes"
    return await clinic.post(clinic.ortiz, f"/v1/infusions/{infusion}/{act}", body)


async def test_infusion_runs_pauses_and_completes(clinic: Clinic) -> None:
    started = await start(clinic, await iv(clinic))
    assert started.status_code == 201, started.text
    infusion = started.json()["id"]
    assert started.json()["events"][0]["rate_ml_per_h"] == "5.1"
    clinic.service.clock.advance(timedelta(minutes=10))
    await clinic.observe()
    paused = await change(clinic, infusion, "pause", volume_ml="0.85")
    again = await change(clinic, infusion, "pause")
    resumed = await change(clinic, infusion, "resume")
    slower = await change(clinic, infusion, "rate", rate_ml_per_h="4.00")
    faster = await change(clinic, infusion, "rate", rate_ml_per_h="6.13")
    clinic.service.clock.advance(timedelta(minutes=20))
    await clinic.observe()
    done = await change(clinic, infusion, "complete", volume_ml="3.40")
    after = await change(clinic, infusion, "stop", volume_ml="3.40")

    assert paused.json()["state"] == "paused"
    assert again.json()["type"] == "urn:kairos:problem:infusion_paused"
    assert resumed.json()["state"] == "running"
    assert slower.status_code == 201
    assert faster.json()["type"] == "urn:kairos:problem:rate_too_high"
    assert (done.json()["state"], done.json()["given_mg"]) == ("over", "34")
    assert after.json()["type"] == "urn:kairos:problem:infusion_over"
    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    assert (vial["balance_mg"], vial["chain"]) == ("166", "intact")
    assert [entry["kind"] for entry in vial["entries"]] == ["receive", "draw", "administer"]
    types = await clinic.types()
    assert "dosing.administration_started.v1" in types
    assert "dosing.dose_administered.v1" in types


async def test_stopped_infusion_charts_what_ran_in_and_leaves_the_rest(clinic: Clinic) -> None:
    draw = await iv(clinic)
    infusion = (await start(clinic, draw)).json()["id"]
    clinic.service.clock.advance(timedelta(minutes=10))

    stopped = await change(clinic, infusion, "stop", volume_ml="0.85", cause="anxiety")

    assert stopped.json()["given_mg"] == "8.5"
    (dose,) = await clinic.service.rows("dose", clinic.network)
    assert dose["amount_mg"] == 8.5
    seen = (await clinic.get(f"/v1/sessions/{clinic.session}")).json()
    assert (seen["held_mg"], seen["drug_stopped"]) == ("25.5", True)
    (stop,) = [e for e in await clinic.service.outboxed(clinic.network) if "stopped" in e.type]
    assert (stop.data["reason"], stop.data["automatic"]) == ("anxiety", False)


async def test_infusion_watch_counts_from_start_and_from_end(clinic: Clinic) -> None:
    draw = await iv(clinic)
    infusion = (await start(clinic, draw)).json()["id"]
    begun = clinic.service.clock.now()
    await clinic.watched_at(begun, 10, 20, 30, 40)
    await change(clinic, infusion, "complete", volume_ml="3.40")
    await clinic.watched_at(begun, 55, 70, 85, readings=WELL)
    clinic.service.clock.at = begun + timedelta(minutes=99)
    await clinic.observe(WELL)
    early = await clinic.discharge()
    clinic.service.clock.at = begun + timedelta(minutes=100)
    late = await clinic.discharge()

    assert early.json()["rules"] == ["minimum_watch", "minimum_watch_after_end"]
    assert late.status_code == 200, late.text


async def test_running_infusion_keeps_the_patient(clinic: Clinic) -> None:
    await start(clinic, await iv(clinic))
    begun = clinic.service.clock.now()
    await clinic.watched_at(begun, 20, 40, 60, 80, 100, readings=WELL)

    rules = (await clinic.discharge()).json()["rules"]

    assert "infusion_running" in rules
    assert "draw_unreconciled" in rules


async def test_bolus_into_a_vein_and_infusion_into_a_muscle_are_refused(clinic: Clinic) -> None:
    muscle = await clinic.ready()
    assert (await start(clinic, muscle)).json()["rules"] == ["no_infusion_by_this_route"]
    draw = await iv(clinic)
    assert "given_by_infusion_only" in (await clinic.give(draw)).json()["rules"]


async def test_faster_infusion_takes_a_reason_and_too_fast_none(clinic: Clinic) -> None:
    await clinic.switch(Route.IV, "ketamine_10mg_ml_20ml", "200")
    fast = await clinic.order(infusion_minutes=20)
    reasoned = await clinic.order(infusion_minutes=20, soft_stop_reason="tolerated before")
    await clinic.cancel()
    push = await clinic.order(infusion_minutes=1, soft_stop_reason="in a hurry")

    assert fast.json()["rules"] == ["infusion_faster_than_plan"]
    assert reasoned.json()["infusion_minutes"] == 20
    assert push.json()["rules"] == ["infusion_time_outside_range"]


async def lozenges(clinic: Clinic) -> None:
    await clinic.switch(
        Route.SUBLINGUAL,
        "ketamine_rdt_100mg_12",
        "1200",
        ownership="patient_specific_held",
        patient_id=str(clinic.patient),
    )


async def test_lozenges_are_counted_and_a_second_follows_within_the_hour(clinic: Clinic) -> None:
    await lozenges(clinic)
    order = (await clinic.order("200", "mg")).json()
    assert (order["units"], order["volume_ml"], order["amount_mg"]) == (2, None, "200")
    assert order["iv_equivalent_mg_per_kg"] == "0.882"
    await clinic.observe()
    halves = await clinic.draw("50")
    draw = (await clinic.draw("200")).json()["draw_id"]
    first = await clinic.give(draw, "100")
    clinic.service.clock.advance(timedelta(minutes=30))
    second = await clinic.give(draw, "100")
    more = await clinic.give(draw, "100")

    assert "not_whole_units" in halves.json()["rules"]
    assert [first.status_code, second.status_code] == [201, 201]
    assert "dose_exceeds_order" in more.json()["rules"]
    assert (
        len({d["session_id"] for d in await clinic.service.rows("exposure", clinic.network)}) == 1
    )


async def test_dose_begun_is_finished_in_time_or_not_given(clinic: Clinic) -> None:
    await lozenges(clinic)
    await clinic.order("200", "mg")
    await clinic.observe()
    draw = (await clinic.draw("200")).json()["draw_id"]
    await clinic.give(draw, "100")
    clinic.service.clock.advance(timedelta(minutes=61))

    late = await clinic.give(draw, "100")
    body = {
        "amount_mg": "100",
        "reason": "spat_out",
        "occurred_at": clinic.service.clock.now().isoformat(),
    }
    not_given = await clinic.post(clinic.ortiz, f"/v1/sessions/{clinic.session}/not-given", body)

    assert late.json()["rules"] == ["further_dose_too_late"]
    assert not_given.json()["reason"] == "spat_out"


async def test_stock_of_one_patient_serves_no_other(clinic: Clinic) -> None:
    await lozenges(clinic)
    clinic.patient, owner = clinic.ortiz, clinic.patient  # anybody else
    await clinic.clear()
    clinic.session = await clinic.check_in()
    await clinic.order("100", "mg")
    await clinic.observe()

    refused = await clinic.draw("100")

    assert refused.json()["rules"] == ["stock_of_another_patient"]
    clinic.patient = owner


async def enrol(clinic: Clinic, kind: str, subject: Any) -> Any:
    body = {
        "subject_kind": kind,
        "subject_id": str(subject),
        "status": "enrolled",
        "reference": "R1",
    }
    return await clinic.post(clinic.lee, "/v1/rems/enrolments", body)


async def esketamine(clinic: Clinic) -> None:
    await clinic.switch(Route.NASAL_ESKETAMINE, "esketamine_nasal_28mg_2", "56")
    assert (await clinic.order("56", "mg")).status_code == 201
    await clinic.observe()
    await on_site(clinic, present=True)


async def on_site(clinic: Clinic, *, present: bool) -> None:
    """Dr Lee comes, or leaves."""
    body = {"site_id": str(clinic.site), "present": present}
    assert (await clinic.post(clinic.lee, "/v1/site-presences", body)).status_code == 201


async def test_devices_are_five_minutes_apart_and_only_for_the_enrolled(clinic: Clinic) -> None:
    await esketamine(clinic)
    draw = (await clinic.draw("56")).json()["draw_id"]

    unenrolled = await clinic.give(draw, "28")
    await enrol(clinic, "patient", clinic.patient)
    await enrol(clinic, "site", clinic.site)
    both = await clinic.give(draw, "56")
    first = await clinic.give(draw, "28")
    clinic.service.clock.advance(timedelta(minutes=4, seconds=59))
    hasty = await clinic.give(draw, "28")
    clinic.service.clock.advance(timedelta(seconds=1))
    second = await clinic.give(draw, "28")

    assert unenrolled.json()["rules"] == [
        "rems_patient_not_enrolled",
        "rems_site_not_enrolled",
    ]
    assert both.json()["rules"] == ["one_device_at_a_time"]
    assert hasty.json()["rules"] == ["device_rest_not_kept"]
    assert [first.status_code, second.status_code] == [201, 201]
    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    assert vial["balance_mg"] == "0"


@pytest.mark.parametrize(
    ("value", "rule"), [("28", "dose_not_allowed"), ("112", "dose_above_hard_stop")]
)
async def test_esketamine_has_two_doses(clinic: Clinic, value: str, rule: str) -> None:
    await clinic.switch(Route.NASAL_ESKETAMINE, "esketamine_nasal_28mg_2", "56")

    answer = await clinic.order(value, "mg", soft_stop_reason="as discussed")

    assert rule in answer.json()["rules"]


async def test_two_hours_of_the_rems_are_overridden_by_nobody(clinic: Clinic) -> None:
    """Discharge attempt at 119 minutes (clinical 10a, esketamine variant)."""
    await esketamine(clinic)
    await enrol(clinic, "patient", clinic.patient)
    await enrol(clinic, "site", clinic.site)
    draw = (await clinic.draw("56")).json()["draw_id"]
    await clinic.give(draw, "28")
    begun = clinic.service.clock.now()
    clinic.service.clock.advance(timedelta(minutes=5))
    assert (await clinic.give(draw, "28")).status_code == 201
    await clinic.watched_at(begun, 40, 80, 104, 119, readings=WELL)
    override = {"criterion": "minimum_watch", "reason": "the patient feels well"}

    plain = await clinic.discharge()
    insisted = await clinic.discharge(who=clinic.lee, overrides=[override])
    clinic.service.clock.at = begun + timedelta(minutes=120)
    in_time = await clinic.discharge()

    assert plain.json()["rules"] == ["minimum_watch"]
    assert insisted.json()["type"] == "urn:kairos:problem:criterion_not_overridable"
    assert in_time.status_code == 200
