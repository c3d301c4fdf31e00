"""While a patient is watched: alerts, late looks, handover, clocks that jump, break-glass."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from kairos_events.fields import Route
from kairos_events.topics import topics

from .clinic import GOOD, WELL, Clinic
from .test_every_route import change, iv, start


async def alerts(clinic: Clinic) -> list[tuple[str, str]]:
    answer = await clinic.get(f"/v1/sessions/{clinic.session}/alerts")
    return [(one["code"], one["severity"]) for one in answer.json()["items"]]


@pytest.mark.parametrize(
    ("readings", "raised"),
    [
        ({"systolic_mmhg": 163}, []),
        ({"systolic_mmhg": 164}, [("bp_rise", "amber")]),
        ({"diastolic_mmhg": 101}, [("bp_rise", "amber")]),
        ({"systolic_mmhg": 181}, [("bp_rise", "amber")]),
        ({"systolic_mmhg": 200}, [("bp_rise", "amber"), ("bp_very_high", "red")]),
        ({"spo2_percent": 92}, []),
        ({"spo2_percent": 91}, [("spo2_low", "red")]),
        ({"spo2_percent": 89}, [("spo2_low", "red"), ("spo2_very_low", "emergency")]),
        ({"respiratory_rate_bpm": 8}, []),
        ({"respiratory_rate_bpm": 7}, [("respiratory_rate_low", "emergency")]),
        ({"moaas": 4}, []),
        ({"moaas": 3}, [("sedation_moderate", "amber")]),
        ({"distress": 7}, []),
        ({"distress": 8}, [("severe_distress", "red")]),
        ({"symptoms": ["chest_pain"]}, [("neurological_or_cardiac_symptom", "emergency")]),
        ({"symptoms": ["vomiting"]}, []),
        ({"symptoms": ["vomiting"], "moaas": 4}, [("vomiting_while_sedated", "red")]),
    ],
)
async def test_each_rule_raises_at_its_limit_and_not_before(
    clinic: Clinic, readings: dict[str, Any], raised: list[tuple[str, str]]
) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(minutes=10))

    answer = await clinic.observe({**GOOD, **readings})

    assert answer.status_code == 201, answer.text
    assert await alerts(clinic) == raised


async def test_blood_pressure_is_red_once_it_lasts_five_minutes(clinic: Clinic) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(minutes=10))
    high = {**GOOD, "systolic_mmhg": 182, "diastolic_mmhg": 96}
    await clinic.observe(high)
    clinic.service.clock.advance(timedelta(minutes=4))
    await clinic.observe(high)
    assert ("bp_red", "red") not in await alerts(clinic)
    clinic.service.clock.advance(timedelta(minutes=1))
    await clinic.observe(high)

    assert ("bp_red", "red") in await alerts(clinic)


async def test_alert_is_acknowledged_once_by_somebody_licensed(clinic: Clinic) -> None:
    await clinic.dosed()
    await clinic.observe({**GOOD, "spo2_percent": 91})
    (alert,) = (await clinic.get("/v1/alerts", site_id=str(clinic.site))).json()["items"]
    path = f"/v1/alerts/{alert['id']}/acknowledgement"

    stranger = await clinic.post(uuid4(), path, {"action": "watching"})
    first = await clinic.post(clinic.park, path, {"action": "treated"})
    second = await clinic.post(clinic.ortiz, path, {"action": "watching"})

    assert stranger.json()["type"] == "urn:kairos:problem:not_licensed"
    assert (first.json()["action"], first.json()["acknowledged_by"]) == (
        "treated",
        str(clinic.park),
    )
    assert second.json()["type"] == "urn:kairos:problem:alert_acknowledged"
    assert (await clinic.get("/v1/alerts")).json()["items"] == []


async def test_grave_alert_stops_a_running_infusion(clinic: Clinic) -> None:
    infusion = (await start(clinic, await iv(clinic))).json()["id"]
    clinic.service.clock.advance(timedelta(minutes=10))
    await clinic.observe({**GOOD, "spo2_percent": 88})

    faster = await change(clinic, infusion, "rate", rate_ml_per_h="5.20")
    stopped = await change(clinic, infusion, "stop", volume_ml="0.85")

    assert faster.json()["type"] == "urn:kairos:problem:drug_stopped"
    assert stopped.status_code == 201
    (event,) = [e for e in await clinic.service.outboxed(clinic.network) if "stopped" in e.type]
    assert (event.data["reason"], event.data["automatic"]) == ("spo2_low", True)
    assert len(await clinic.service.rows("intolerance", clinic.network)) == 1


async def test_withdrawal_during_an_infusion_stops_it_and_the_watch_goes_on(clinic: Clinic) -> None:
    infusion = (await start(clinic, await iv(clinic))).json()["id"]

    await clinic.clear(version=9, cleared=False)

    resumed = await change(clinic, infusion, "rate", rate_ml_per_h="5.00")
    assert resumed.json()["type"] == "urn:kairos:problem:drug_stopped"
    (stop,) = await clinic.service.rows("drug_stop", clinic.network)
    assert (stop["reason"], stop["automatic"]) == ("clearance_withdrawn", True)
    assert await alerts(clinic) == [("clearance_withdrawn", "emergency")]
    assert (await clinic.observe()).status_code == 201


async def test_recall_stops_what_runs_from_the_lot_and_names_who_got_it(clinic: Clinic) -> None:
    infusion = (await start(clinic, await iv(clinic))).json()["id"]
    lot = {"product": "ketamine_10mg_ml_20ml", "lot": "K2411"}
    await clinic.post(clinic.ortiz, "/v1/lot-quarantines", {**lot, "reason": "recall"})
    assert await alerts(clinic) == [("lot_recalled", "emergency")]  # somebody is called to the pump
    await change(clinic, infusion, "stop", volume_ml="1.00", cause="lot_recalled")

    trace = (await clinic.get("/v1/lot-traces", **lot)).json()

    assert trace["containers"] == [clinic.vial]
    assert [(d["patient_id"], d["amount_mg"]) for d in trace["doses"]] == [
        (str(clinic.patient), "10")
    ]
    assert "dosing.lot_recalled.v1" in await clinic.types()
    kinds = [
        e["kind"] for e in (await clinic.get(f"/v1/containers/{clinic.vial}")).json()["entries"]
    ]
    assert kinds == ["receive", "draw", "quarantine", "administer"]


async def test_recall_of_another_lot_and_withdrawal_without_an_infusion_call_nobody(
    clinic: Clinic,
) -> None:
    await clinic.dosed()
    lot = {"product": "ketamine_10mg_ml_20ml", "lot": "K9999", "reason": "recall"}

    await clinic.post(clinic.ortiz, "/v1/lot-quarantines", lot)
    await clinic.clear(version=9, cleared=False)

    assert await alerts(clinic) == []
    (stop,) = await clinic.service.rows("drug_stop", clinic.network)
    assert stop["reason"] == "clearance_withdrawn"


async def test_late_observation_warns_at_five_and_escalates_at_ten(clinic: Clinic) -> None:
    """Timers are rows: whoever works next, after any restart, fires them."""
    await clinic.dosed()
    begun = clinic.service.clock.now()
    clinic.service.clock.at = begun + timedelta(minutes=14, seconds=59)
    await clinic.due()  # whatever other tests have left behind as well
    assert await alerts(clinic) == []
    clinic.service.clock.at = begun + timedelta(minutes=15)
    await clinic.due()
    warned = await alerts(clinic)
    clinic.service.clock.at = begun + timedelta(minutes=20)
    await clinic.due()

    assert warned == [("observation_overdue", "warning")]
    assert await alerts(clinic) == [*warned, ("observation_escalated", "red")]


async def test_observation_in_time_moves_the_timer_on(clinic: Clinic) -> None:
    await clinic.dosed()
    begun = clinic.service.clock.now()
    await clinic.watched_at(begun, 10)
    clinic.service.clock.at = begun + timedelta(minutes=24)
    await clinic.due()
    assert await alerts(clinic) == []
    clinic.service.clock.at = begun + timedelta(minutes=25)
    await clinic.due()

    assert await alerts(clinic) == [("observation_overdue", "warning")]


@pytest.mark.parametrize("hours", [-1, 1, -24])
async def test_late_observation_calls_out_by_what_passed_whatever_the_date_says(
    clinic: Clinic, hours: int
) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(minutes=3))
    clinic.service.clock.jump(timedelta(hours=hours))
    clinic.service.clock.advance(timedelta(minutes=11, seconds=59))
    await clinic.due()
    assert await alerts(clinic) == []
    clinic.service.clock.advance(timedelta(seconds=1))
    await clinic.due()
    warned = await alerts(clinic)
    clinic.service.clock.jump(timedelta(hours=hours))
    clinic.service.clock.advance(timedelta(minutes=5))
    await clinic.due()

    assert warned == [("observation_overdue", "warning")]
    assert await alerts(clinic) == [*warned, ("observation_escalated", "red")]


async def test_after_a_restart_of_the_machine_the_date_is_gone_by(clinic: Clinic) -> None:
    """Its ticks began anew: those of before say nothing any more."""
    await clinic.dosed()
    clock = clinic.service.clock
    clock.boot, before = "another", clock.boot
    try:
        clock.advance(timedelta(minutes=14, seconds=59))
        await clinic.due()
        assert await alerts(clinic) == []
        clock.advance(timedelta(seconds=1))
        await clinic.due()
        clock.advance(timedelta(minutes=5))
        await clinic.due()
    finally:
        clock.boot = before

    codes = [code for code, _ in await alerts(clinic)]
    assert codes == ["observation_overdue", "observation_escalated"]


async def test_escalation_is_at_once_where_the_worker_had_stood_still(clinic: Clinic) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(minutes=40))
    await clinic.due()
    await clinic.due()  # without any more waiting

    codes = [code for code, _ in await alerts(clinic)]
    assert codes == ["observation_overdue", "observation_escalated"]


async def test_watch_over_the_change_to_summer_time_is_as_long_as_ever(clinic: Clinic) -> None:
    """14 March 2027, 02:00 in Denver: the hour after is 03:00."""
    clinic.service.clock.at = datetime(2027, 3, 14, 8, 30, tzinfo=UTC)  # 01:30 there
    clinic.session = await clinic.check_in()
    await clinic.dosed()
    begun = clinic.service.clock.now()
    clinic.service.clock.at = begun + timedelta(minutes=15)
    await clinic.due()
    warned = await alerts(clinic)
    await clinic.watched_at(begun, 20, 30, 45, 60, 90, 104, readings=WELL)
    clinic.service.clock.at = begun + timedelta(minutes=119)
    await clinic.observe(WELL)
    early = await clinic.discharge()
    clinic.service.clock.at = begun + timedelta(minutes=120)
    left = await clinic.discharge()

    assert warned == [("observation_overdue", "warning")]
    assert early.json()["rules"] == ["minimum_watch"]
    assert left.status_code == 200


async def test_watch_passes_in_one_step_and_no_further_than_the_ratio(clinic: Clinic) -> None:
    await clinic.dosed()
    path = f"/v1/sessions/{clinic.session}/monitor-handovers"

    wrong = await clinic.post(clinic.park, path, {"from_practitioner_id": str(clinic.lee)})
    taken = await clinic.post(clinic.park, path, {"from_practitioner_id": str(clinic.ortiz)})
    stranger = await clinic.post(uuid4(), path, {"from_practitioner_id": str(clinic.park)})

    assert wrong.json()["type"] == "urn:kairos:problem:monitor_changed"
    assert taken.json()["practitioner_id"] == str(clinic.park)
    assert stranger.json()["type"] == "urn:kairos:problem:not_licensed"
    chain = (await clinic.get(path)).json()["items"]
    assert [one["practitioner_id"] for one in chain] == [str(clinic.ortiz), str(clinic.park)]


async def test_clock_set_forward_lets_nobody_go_early(clinic: Clinic) -> None:
    await clinic.dosed()
    begun = clinic.service.clock.now()
    await clinic.watched_at(begun, 20, 40, 60, readings=WELL)
    clinic.service.clock.jump(timedelta(hours=1))
    await clinic.observe(WELL)
    clinic.service.clock.advance(timedelta(minutes=15))
    await clinic.observe(WELL)

    assert "minimum_watch" in (await clinic.discharge()).json()["rules"]
    seen = (await clinic.get(f"/v1/sessions/{clinic.session}")).json()
    assert seen["minutes_since_first_dose"] == 75


async def test_clock_set_back_keeps_nobody_longer(clinic: Clinic) -> None:
    await clinic.dosed()
    begun = clinic.service.clock.now()
    await clinic.watched_at(begun, 20, 40, 60, 90, 104, readings=WELL)
    clinic.service.clock.jump(timedelta(minutes=-30))
    clinic.service.clock.advance(timedelta(minutes=16))
    await clinic.observe(WELL)

    assert (await clinic.discharge()).json().get("rules") is None


async def test_time_in_which_nobody_looked_does_not_count(clinic: Clinic) -> None:
    await clinic.dosed()
    begun = clinic.service.clock.now()
    await clinic.watched_at(begun, 30, 60, 104, 120, readings=WELL)  # 44 minutes unseen: 4 lost
    early = await clinic.discharge()
    clinic.service.clock.at = begun + timedelta(minutes=124)

    assert early.json()["rules"] == ["minimum_watch"]
    assert (await clinic.discharge()).status_code == 200


async def fresh(clinic: Clinic, age: timedelta) -> None:
    """Intake's announcements are known up to so long ago."""
    admin = await asyncpg.connect(clinic.service.database.admin_url)
    try:
        for partition in range(topics()["intake.events"].partitions):
            await admin.execute(
                "INSERT INTO projection_freshness (consumer, topic, partition, heartbeat_at)"
                " VALUES ('dosing', 'intake.events', $1, $2)"
                " ON CONFLICT (consumer, topic, partition) DO UPDATE"
                " SET heartbeat_at = excluded.heartbeat_at",
                partition,
                clinic.service.clock.now() - age,
            )
    finally:
        await admin.close()


async def broken_glass(clinic: Clinic, second: Any) -> Any:
    body = {"reason": "intake_outage", "explanation": "patient sits prepared, outage since noon"}
    asked = await clinic.post(clinic.ortiz, f"/v1/sessions/{clinic.session}/break-glass", body)
    assert asked.status_code == 201, asked.text
    path = f"/v1/break-glass/{asked.json()['id']}/confirmation"
    return await clinic.post(second, path)


async def test_two_clinicians_break_the_glass_for_one_dose(clinic: Clinic) -> None:
    draw = await clinic.ready()
    await fresh(clinic, timedelta(minutes=5))
    clinic.intake.mode = "broken"

    own = await broken_glass(clinic, clinic.ortiz)
    unconfirmed = await clinic.give(draw)
    agreed = await broken_glass(clinic, clinic.lee)
    given = await clinic.give(draw)

    assert own.json()["type"] == "urn:kairos:problem:same_person"
    assert unconfirmed.json()["rules"] == ["break_glass_not_confirmed"]
    assert agreed.json()["clearance_known_as_of"] is not None
    assert given.status_code == 201, given.text
    assert given.json()["confirmation_id"] == agreed.json()["id"]
    (used,) = [e for e in await clinic.service.outboxed(clinic.network) if "glass" in e.type]
    assert used.data["projection_lag_seconds"] == 300
    assert b"outage since noon" not in b"".join(
        row["data"] for row in await clinic.service.rows("outbox", clinic.network)
    )


async def test_two_nurses_break_no_glass(clinic: Clinic) -> None:
    await clinic.hire(clinic.park, "nurse", "nursing_licence", "bls")

    answer = await broken_glass(clinic, clinic.park)

    assert answer.json()["type"] == "urn:kairos:problem:prescriber_needed"


async def test_glass_is_not_broken_against_a_silent_bus_or_a_known_withdrawal(
    clinic: Clinic,
) -> None:
    draw = await clinic.ready()
    await fresh(clinic, timedelta(minutes=61))
    clinic.intake.mode = "broken"
    await broken_glass(clinic, clinic.lee)

    silent = await clinic.give(draw)
    await fresh(clinic, timedelta(0))
    await clinic.clear(version=2, cleared=False)
    withdrawn = await clinic.give(draw)
    await clinic.clear(version=3)
    clinic.service.clock.advance(timedelta(minutes=16))
    await fresh(clinic, timedelta(0))
    expired = await clinic.give(draw)

    assert silent.json()["rules"] == ["break_glass_clearance_too_old"]
    assert withdrawn.json()["rules"] == ["break_glass_not_cleared"]
    assert expired.json()["rules"] == ["break_glass_expired"]


async def test_glass_opens_nothing_that_intake_has_refused(clinic: Clinic) -> None:
    draw = await clinic.ready()
    await fresh(clinic, timedelta(0))
    await broken_glass(clinic, clinic.lee)
    clinic.intake.mode = "not_cleared"

    assert (await clinic.give(draw)).json()["rules"] == ["not_cleared"]


async def test_moderate_pressure_is_dosed_on_a_prescribers_note_of_the_repeat(
    clinic: Clinic,
) -> None:
    await clinic.order()
    high = {**GOOD, "systolic_mmhg": 150}
    path = f"/v1/sessions/{clinic.session}/benefit-risk-notes"
    first = (await clinic.observe(high)).json()["id"]
    body = {"observation_id": first, "note": "white coat, home readings normal"}
    await clinic.post(clinic.lee, path, body)
    hasty = await clinic.draw()
    clinic.service.clock.advance(timedelta(minutes=10))
    again = (await clinic.observe(high)).json()["id"]
    unnoted = await clinic.draw()
    by_nurse = await clinic.post(clinic.ortiz, path, {**body, "observation_id": again})
    await clinic.post(clinic.lee, path, {**body, "observation_id": again})
    await clinic.observe(high, systolic_mmhg=None, diastolic_mmhg=None)
    noted = await clinic.draw()

    assert "pre_dose_bp_hold" in hasty.json()["rules"]
    assert "pre_dose_bp_hold" in unnoted.json()["rules"]
    assert by_nurse.status_code == 403
    assert noted.status_code == 201, noted.text


async def test_override_takes_a_prescriber_a_reason_and_an_arrangement(clinic: Clinic) -> None:
    await clinic.dosed()
    begun = clinic.service.clock.now()
    await clinic.watched_at(begun, 30, 60, 90, 105, 120, readings=WELL)
    absent = {"present": False, "id_document": None}
    gone = {"criterion": "escort_absent", "reason": "sister waits at home", "arrangement": None}
    unknown = {**gone, "criterion": "escort_not_identified"}

    def overridden(arrangement: str | None) -> list[dict[str, Any]]:
        return [{**one, "arrangement": arrangement} for one in (gone, unknown)]

    by_nurse = await clinic.discharge(escort=absent, overrides=overridden("adult_at_home"))
    ride = await clinic.discharge(who=clinic.lee, escort=absent, overrides=overridden("ride_share"))
    driving = await clinic.discharge(
        who=clinic.lee,
        no_driving_agreed=False,
        overrides=[{"criterion": "no_driving", "reason": "insists on it"}],
    )
    arranged = await clinic.discharge(
        who=clinic.lee, escort=absent, overrides=overridden("adult_at_home")
    )

    assert by_nurse.json()["type"] == "urn:kairos:problem:not_licensed"
    assert ride.json()["type"] == "urn:kairos:problem:criterion_not_overridable"
    assert driving.json()["type"] == "urn:kairos:problem:criterion_not_overridable"
    assert arranged.status_code == 200, arranged.text
    assert len(await clinic.service.rows("discharge_override", clinic.network)) == 2


async def test_escort_who_does_not_come_is_paged_for(clinic: Clinic) -> None:
    """10b #4: hold, call, page at 30 minutes."""
    await clinic.dosed()
    begun = clinic.service.clock.now()
    await clinic.watched_at(begun, 30, 60, 90, 105, 120, readings=WELL)
    await clinic.discharge(escort={"present": False, "id_document": None})
    await clinic.watched_at(begun, 149, readings=WELL)
    await clinic.due()
    assert await alerts(clinic) == []
    clinic.service.clock.at = begun + timedelta(minutes=150)
    await clinic.due()

    assert await alerts(clinic) == [("escort_absent", "red")]


async def test_leaving_against_advice_is_its_own_flow(clinic: Clinic) -> None:
    await clinic.dosed()
    begun = clinic.service.clock.now()
    await clinic.watched_at(begun, 30)
    seen = await clinic.get(f"/v1/sessions/{clinic.session}")
    path, match = f"/v1/sessions/{clinic.session}/departure", {"If-Match": seen.headers["ETag"]}
    body = {
        "reason": "insisted",
        "risks_explained": False,
        "keys_kept": True,
        "escort_called": True,
        "escort": {"present": False, "id_document": None},
        "instructions_given": True,
        "crisis_number_given": True,
        "no_driving_agreed": True,
        "new_suicidal_ideation": False,
    }

    unexplained = await clinic.post(clinic.ortiz, path, body, **match)
    left = await clinic.post(clinic.ortiz, path, {**body, "risks_explained": True}, **match)

    assert unexplained.json()["type"] == "urn:kairos:problem:risks_not_explained"
    assert left.json()["state"] == "left_against_advice", left.text
    events = {e.type: e.data for e in await clinic.service.outboxed(clinic.network)}
    assert "minimum_watch" in events["dosing.session_left_against_advice.v1"]["unmet_criteria"]
    assert events["dosing.follow_up_requested.v1"]["kind"] == "left_against_advice"
    assert "dosing.session_discharged.v1" not in events


async def test_transfer_to_a_hospital_ends_the_session(clinic: Clinic) -> None:
    await clinic.dosed()
    seen = await clinic.get(f"/v1/sessions/{clinic.session}")
    path, match = f"/v1/sessions/{clinic.session}/transfer", {"If-Match": seen.headers["ETag"]}

    moved = await clinic.post(clinic.ortiz, path, {"cause": "seizure"}, **match)

    assert moved.json()["state"] == "transferred"
    assert (await clinic.observe()).json()["type"] == "urn:kairos:problem:session_over"


async def test_severe_event_makes_a_dose_one_that_was_not_tolerated(clinic: Clinic) -> None:
    await clinic.dosed()
    now = clinic.service.clock.now().isoformat()
    body = {
        "code": "hypertension",
        "grade": "3",
        "seriousness": ["hospitalisation"],
        "narrative": "canary: admitted overnight",
        "outcome": "ongoing",
        "onset_at": now,
    }
    path = f"/v1/sessions/{clinic.session}/adverse-events"

    first = await clinic.post(clinic.ortiz, path, body)
    again = await clinic.post(
        clinic.ortiz,
        path,
        {**body, "adverse_event_id": first.json()["adverse_event_id"], "outcome": "resolved"},
    )

    assert first.json()["serious"] is True
    assert first.json()["report_due_at"].startswith("2027-03-16")
    assert again.json()["version"] == 2
    exposure = (await clinic.get(f"/v1/patients/{clinic.patient}/exposure")).json()
    assert [dose["tolerated"] for dose in exposure["doses"]] == [False]
    for row in await clinic.service.rows("outbox", clinic.network):
        assert b"canary" not in row["data"]
    clinic.service.clock.advance(timedelta(hours=73))
    clinic.session = await clinic.check_in()
    unreasoned = await clinic.order("0.3")
    assert unreasoned.json()["rules"] == ["no_dose_tolerated_before"]


async def test_route_of_another_clearance_is_not_ordered(clinic: Clinic) -> None:
    clinic.route, clinic.product = Route.SUBLINGUAL, "ketamine_rdt_100mg_12"
    clinic.session = await clinic.check_in()

    refused = await clinic.order("100", "mg")

    assert refused.json()["rules"] == ["route_not_cleared"]


async def schedule(clinic: Clinic) -> dict[int, str]:
    session = (await clinic.get(f"/v1/sessions/{clinic.session}")).json()
    return {one["minute"]: one["state"] for one in session["schedule"]}


RISEN = {**GOOD, "systolic_mmhg": 164}  # 40 above the baseline


async def test_pressure_that_has_risen_is_looked_at_every_five_minutes_until_it_has_fallen(
    clinic: Clinic,
) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(minutes=10))
    await clinic.observe(RISEN)
    assert (await schedule(clinic))[15] == "upcoming"
    clinic.service.clock.advance(timedelta(minutes=5))
    assert (await schedule(clinic))[15] == "due"
    await clinic.observe(RISEN)
    assert (await schedule(clinic))[20] == "upcoming"
    clinic.service.clock.advance(timedelta(minutes=5))

    await clinic.observe({**GOOD, "systolic_mmhg": 163})

    assert [minute for minute in await schedule(clinic) if minute % 10] == [45]


async def test_look_that_is_missed_after_a_rise_calls_out_long_before_the_schedule_would(
    clinic: Clinic,
) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(minutes=30))
    await clinic.observe(RISEN)
    clinic.service.clock.advance(timedelta(minutes=9))  # due at 35, warned of at 40
    await clinic.due()
    assert await late(clinic) == []
    clinic.service.clock.advance(timedelta(minutes=1))
    await clinic.due()
    assert await late(clinic) == ["observation_overdue"]


async def test_without_a_rise_the_schedule_calls_out(clinic: Clinic) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(minutes=30))
    await clinic.observe({**GOOD, "systolic_mmhg": 163})
    clinic.service.clock.advance(timedelta(minutes=19))  # due at 45, warned of at 50
    await clinic.due()
    assert await late(clinic) == []


async def test_rise_that_a_device_measures_has_somebody_look_within_five_minutes(
    clinic: Clinic,
) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(minutes=30))
    await clinic.observe()
    clinic.service.clock.advance(timedelta(minutes=2))
    now = clinic.service.clock.now().isoformat()
    reading = {"kind": "systolic_mmhg", "value": "164", "read_at": now}
    batch = {"device_id": str(clinic.park), "readings": [reading]}
    path = f"/v1/sessions/{clinic.session}/device-batches"
    taken = await clinic.post(clinic.ortiz, path, batch)
    assert taken.json()["accepted"] == 1, taken.text

    assert (await schedule(clinic))[37] == "upcoming"
    clinic.service.clock.advance(timedelta(minutes=10))
    await clinic.due()
    assert await late(clinic) == ["observation_overdue"]


async def late(clinic: Clinic) -> list[str]:
    return [code for code, _ in await alerts(clinic) if code.startswith("observation")]
