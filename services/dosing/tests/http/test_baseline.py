"""What is asked before a dose, who is on site, and whose dose table holds."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from kairos_events.fields import Route

from .clinic import GOOD, WELL, Clinic
from .test_every_route import enrol, esketamine, on_site
from .test_watching import alerts


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"intoxicated": True}, "intoxicated"),
        ({"acute_change": True}, "acute_change"),
        ({"pregnancy": "positive"}, "pregnant"),
        ({"pregnancy": "not_tested"}, "pregnancy_test_missing"),
        ({"pregnancy_tested_on": "2027-02-21"}, "pregnancy_test_too_old"),
        ({"last_solids_at": "2027-03-01T13:00:00Z"}, "fasting_solids"),
        ({"last_fluids_at": "2027-03-01T17:30:00Z"}, "fasting_fluids"),
        ({"last_alcohol_at": "2027-03-01T02:00:00Z"}, "alcohol_too_recent"),
        ({"medications": {"theophylline": "2027-03-01T14:00:00Z"}}, "medication_not_with_ketamine"),
    ],
)
async def test_what_was_said_keeps_the_drug_in_the_vault(
    clinic: Clinic, changes: dict[str, Any], rule: str
) -> None:
    await clinic.order()
    told = await clinic.observe(baseline=clinic.baseline(**changes))

    drawn = await clinic.draw()
    given = await clinic.give(None)
    await clinic.observe()  # asked again, and all is well
    after = await clinic.draw()

    assert told.status_code == 201, told.text
    assert drawn.json()["rules"] == [rule]
    assert rule in given.json()["rules"]
    assert after.status_code == 201


async def test_dose_waits_until_somebody_has_asked(clinic: Clinic) -> None:
    await clinic.order()
    await clinic.observe(baseline=None)

    assert (await clinic.draw()).json()["rules"] == ["baseline_missing"]
    await clinic.observe()
    assert (await clinic.draw()).status_code == 201


async def test_answer_that_changed_after_the_draw_refuses_the_dose(clinic: Clinic) -> None:
    draw = await clinic.ready()
    await clinic.observe(baseline=clinic.baseline(intoxicated=True))

    assert (await clinic.give(draw)).json()["rules"] == ["intoxicated"]


async def test_what_was_said_is_in_the_record_and_survives_a_correction(clinic: Clinic) -> None:
    seen = (await clinic.observe()).json()
    path = f"/v1/sessions/{clinic.session}/observations/{seen['id']}/corrections"
    changed = clinic.baseline(medications={"opioid": "2027-03-01T14:00:00Z"})
    body = {"readings": {**GOOD, "baseline": changed}, "reason": "remembered another tablet"}

    corrected = await clinic.post(clinic.ortiz, path, body)

    assert seen["baseline"]["suicide_screen"] == "negative"
    assert corrected.status_code == 201, corrected.text
    (now,) = (await clinic.get(f"/v1/sessions/{clinic.session}/observations")).json()["items"]
    assert list(now["baseline"]["medications"]) == ["opioid"]


@pytest.mark.parametrize(
    "fault", [{"pregnancy": "perhaps"}, {"medications": {"aspirin": "x"}}, {"surprise": 1}]
)
async def test_unfit_answer_is_refused(clinic: Clinic, fault: dict[str, Any]) -> None:
    answer = await clinic.observe(baseline=clinic.baseline(**fault))

    assert answer.status_code == 422


# --- pulse oximetry -------------------------------------------------------------------------------


async def batch(clinic: Clinic, kind: str = "spo2_percent", value: str = "97") -> Any:
    now = clinic.service.clock.now().isoformat()
    body = {
        "device_id": str(clinic.park),
        "readings": [{"kind": kind, "read_at": now, "value": value}],
    }
    return await clinic.post(clinic.ortiz, f"/v1/sessions/{clinic.session}/device-batches", body)


SEDATED = {**WELL, "moaas": 4, "oximetry_continuous": False}


async def test_sedated_patient_without_an_oximeter_calls_out_and_gets_no_more_drug(
    clinic: Clinic,
) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(minutes=10))

    await clinic.observe({**SEDATED, "moaas": 5})
    assert await alerts(clinic) == []
    await clinic.observe({**SEDATED, "oximetry_continuous": True})
    assert await alerts(clinic) == []
    await clinic.observe(SEDATED)

    assert await alerts(clinic) == [("spo2_not_continuous", "red")]
    assert "alert_not_acknowledged" in (await clinic.give(None)).json()["rules"]


async def test_oximeter_that_falls_silent_calls_out_while_the_patient_is_sedated(
    clinic: Clinic,
) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(minutes=10))
    await batch(clinic)
    await clinic.observe(SEDATED)  # its readings show that it runs
    assert (await batch(clinic, "heart_rate_bpm", "80")).status_code == 201
    await batch(clinic)
    clinic.service.clock.advance(timedelta(seconds=90))
    await batch(clinic)
    clinic.service.clock.advance(timedelta(seconds=119))
    await clinic.due()
    before = await alerts(clinic)
    clinic.service.clock.advance(timedelta(seconds=1))
    await clinic.due()

    assert before == []
    assert await alerts(clinic) == [("spo2_not_continuous", "red")]


async def test_nobody_awaits_the_oximeter_of_a_patient_who_is_awake(clinic: Clinic) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(minutes=10))
    await batch(clinic)
    await clinic.observe(SEDATED)
    await batch(clinic)
    await clinic.observe(WELL)
    clinic.service.clock.advance(timedelta(minutes=5))
    await clinic.due()

    assert await alerts(clinic) == []


# --- who is on site -------------------------------------------------------------------------------


async def test_device_is_given_while_a_prescriber_is_on_site(clinic: Clinic) -> None:
    await esketamine(clinic)
    for kind, subject in (("patient", clinic.patient), ("site", clinic.site)):
        await enrol(clinic, kind, subject)
    draw = (await clinic.draw("56")).json()["draw_id"]

    await on_site(clinic, present=False)
    gone = await clinic.give(draw, "28")
    await on_site(clinic, present=True)
    there = await clinic.give(draw, "28")

    assert gone.json()["rules"] == ["prescriber_not_on_site"]
    assert there.status_code == 201


async def test_presence_is_of_a_prescriber_by_their_own_word_and_of_today(clinic: Clinic) -> None:
    body = {"site_id": str(clinic.site), "present": True}
    nurse = await clinic.post(clinic.ortiz, "/v1/site-presences", body)
    await on_site(clinic, present=True)
    clinic.service.clock.advance(timedelta(days=1))
    await esketamine(clinic)
    for kind, subject in (("patient", clinic.patient), ("site", clinic.site)):
        await enrol(clinic, kind, subject)
    draw = (await clinic.draw("56")).json()["draw_id"]
    await on_site(clinic, present=False)
    elsewhere = {"site_id": str(uuid4()), "present": True}
    assert (await clinic.post(clinic.lee, "/v1/site-presences", elsewhere)).status_code == 201

    assert nurse.status_code == 403
    assert (await clinic.give(draw, "28")).json()["rules"] == ["prescriber_not_on_site"]


async def test_prescriber_whose_licence_lapsed_counts_as_nobody_on_site(clinic: Clinic) -> None:
    await esketamine(clinic)
    for kind, subject in (("patient", clinic.patient), ("site", clinic.site)):
        await enrol(clinic, kind, subject)
    draw = (await clinic.draw("56")).json()["draw_id"]
    await clinic.credit(clinic.lee, "medical_licence", state="UT")

    rules = (await clinic.give(draw, "28")).json()["rules"]

    assert rules == ["prescriber_not_credentialed", "prescriber_not_on_site"]


# --- whose dose table holds -----------------------------------------------------------------------


async def set_up(clinic: Clinic, locale: str, role: str = "medical_director") -> Any:
    client = clinic.service.client(role, network=clinic.network)
    async with client:
        body = {"site_id": str(clinic.site), "locale": locale}
        return await client.post("/v1/site-settings", json=body)


async def protocol_of(clinic: Clinic, session: str) -> str:
    rows = await clinic.service.rows("session", clinic.network)
    (code,) = [row["protocol_code"] for row in rows if str(row["id"]) == session]
    return str(code)


async def test_site_outside_the_united_states_has_its_own_table(clinic: Clinic) -> None:
    here = (await clinic.get("/v1/site-settings", site_id=str(clinic.site))).json()
    assert (await set_up(clinic, "ex_us", "nurse")).status_code == 403
    assert (await set_up(clinic, "ex_us")).status_code == 201
    await clinic.switch(Route.NASAL_ESKETAMINE, "esketamine_nasal_28mg_2", "56")
    abroad = await protocol_of(clinic, clinic.session)
    older = await clinic.order("56", "mg", over_65=True)
    lower = await clinic.order("28", "mg", over_65=True)
    clinic.route = Route.IM
    muscle = await protocol_of(clinic, await clinic.check_in())
    await set_up(clinic, "us")
    clinic.route = Route.NASAL_ESKETAMINE
    back = await protocol_of(clinic, await clinic.check_in())

    assert (here["locale"], here["set_at"]) == ("us", None)
    assert abroad == "nasal_esketamine_ex_us"
    assert older.json()["rules"] == ["above_first_dose"]
    assert lower.status_code == 201  # 28 mg, which the label of the United States does not know
    assert muscle == "im_racemic_ketamine"  # one table for everywhere
    assert back == "nasal_esketamine_us"
