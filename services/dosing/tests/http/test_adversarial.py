"""Clinical reference 10b, row by row: what must be refused or escalated is, in this service's part.

The rows that another service carries are named in `tests/boundaries/test_adversarial_rows.py`.
"""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from kairos_events.fields import Route
from kairos_events.scheduling.credential_recorded_v1 import CredentialStatus

from .clinic import GOOD, WELL, Clinic
from .test_stock import count
from .test_watching import alerts

EMERGENCY = {**GOOD, "systolic_mmhg": 182, "diastolic_mmhg": 110}


async def vial(clinic: Clinic) -> tuple[str, str]:
    seen = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    return seen["balance_mg"], seen["chain"]


async def test_row_1_182_over_110_calls_the_prescriber_and_the_drug_stays_in_the_vault(
    clinic: Clinic,
) -> None:
    await clinic.order()
    await clinic.observe({**GOOD, "systolic_mmhg": 179, "diastolic_mmhg": 109})
    below = await alerts(clinic)
    await clinic.observe(EMERGENCY)

    drawn = await clinic.draw()
    given = await clinic.give(None)
    clinic.service.clock.advance(timedelta(minutes=15))
    await clinic.observe()  # a good one does not undo it
    after = await clinic.draw()
    body = {
        "reason": "vital_signs",
        "amount_mg": "34",
        "occurred_at": clinic.service.clock.now().isoformat(),
    }
    path = f"/v1/sessions/{clinic.session}/not-given"
    not_given = await clinic.post(clinic.ortiz, path, body)

    assert below == []
    assert await alerts(clinic) == [("pre_dose_bp_prescriber_now", "red")]
    for refused in (drawn, given, after):
        assert "pre_dose_bp_no_dose_today" in refused.json()["rules"]
    assert not_given.status_code == 201, not_given.text
    assert await vial(clinic) == ("500", "intact")
    assert await clinic.service.rows("dose", clinic.network) == []


async def test_row_1_with_symptoms_it_is_an_emergency_that_climbs_until_it_is_answered(
    clinic: Clinic,
) -> None:
    await clinic.observe({**EMERGENCY, "symptoms": ["chest_pain"]})
    raised = await alerts(clinic)
    clinic.service.clock.advance(timedelta(minutes=4, seconds=59))
    await clinic.due()
    waiting = await alerts(clinic)
    clinic.service.clock.advance(timedelta(seconds=1))
    await clinic.due()

    assert raised == waiting
    assert ("neurological_or_cardiac_symptom", "emergency") in raised
    assert ("emergency_unanswered", "red") in await alerts(clinic)


async def test_row_2_hundred_starts_on_two_nodes_against_one_revocation(clinic: Clinic) -> None:
    draw = await clinic.ready()

    async def withdraw() -> None:
        clinic.intake.mode = "not_cleared"
        await clinic.clear(version=2, cleared=False)

    tries = [clinic.give(draw) for _ in range(100)]
    answers = await asyncio.gather(*tries[:50], withdraw(), *tries[50:])

    # 503: intake did not answer in time, and the gate failed closed.
    statuses = [one.status_code for one in answers if one is not None]
    assert set(statuses) <= {201, 409, 503}
    given = await clinic.service.rows("dose", clinic.network)
    assert len(statuses) == 100
    assert len(given) == statuses.count(201) <= 1
    # A dose that slipped in before is stopped from going on; one that did not never comes. A stop
    # is written only where the withdrawal saw the dose: so it was committed before, never after.
    stops = await clinic.service.rows("drug_stop", clinic.network)
    assert [one["reason"] for one in stops] == ["clearance_withdrawn"] * len(given)
    assert (await clinic.give(draw)).status_code == 409
    assert len(await clinic.service.rows("dose", clinic.network)) == len(given)


async def test_row_2_after_the_revocation_no_start_is_given_and_the_drug_goes_back(
    clinic: Clinic,
) -> None:
    draw = await clinic.ready()
    await clinic.clear(version=2, cleared=False)  # intake's answers are cached: still yes

    answers = [await clinic.give(draw) for _ in range(3)]

    assert {tuple(one.json()["rules"]) for one in answers} == {("clearance_withdrawn",)}
    assert await clinic.service.rows("dose", clinic.network) == []
    returned = await clinic.post(clinic.ortiz, f"/v1/draws/{draw}/returns", {"amount_mg": "35"})
    assert returned.status_code == 201
    assert await vial(clinic) == ("500", "intact")


async def test_row_3_second_lozenge_of_a_day_is_refused_everywhere(clinic: Clinic) -> None:
    """09:00 and 16:00 in Denver, at either site; 16:00 there is 23:00 UTC, 18:00 the next day."""
    clinic.service.clock.at = datetime.fromisoformat("2027-03-01T16:00:00+00:00")
    await clinic.switch(Route.SUBLINGUAL, "ketamine_rdt_100mg_12", "1200")
    await clinic.order("100", "mg")
    await clinic.observe()
    draw = (await clinic.draw("100")).json()["draw_id"]
    assert (await clinic.give(draw, "100")).status_code == 201
    refused = []
    for hour, site in (("23", clinic.site), ("23", uuid4()), ("25", clinic.site), ("25", uuid4())):
        day, of = ("02", "01") if hour == "25" else ("01", hour)
        clinic.service.clock.at = datetime.fromisoformat(f"2027-03-{day}T{of}:00:00+00:00")
        clinic.session = await clinic.check_in(site=site)
        refused.append((await clinic.order("100", "mg")).json()["rules"])

    assert refused == [["interval_not_kept", "same_local_day"]] * 4


async def test_row_4_nobody_leaves_without_an_escort_and_a_ride_share_is_none(
    clinic: Clinic,
) -> None:
    await clinic.dosed()
    begun = clinic.service.clock.now()
    await clinic.watched_at(begun, 30, 60, 90, 105, 121, readings=WELL)
    alone = {"escort": {"present": False, "id_document": None}}
    ride = {
        "criterion": "escort_absent",
        "reason": "has ordered a car",
        "arrangement": "ride_share",
    }

    held = await clinic.discharge(**alone)
    shared = await clinic.discharge(clinic.lee, **alone, overrides=[ride])
    await clinic.watched_at(begun, 150, readings=WELL)
    clinic.service.clock.at = begun + timedelta(minutes=151)
    await clinic.due()

    assert held.json()["rules"] == ["escort_absent", "escort_not_identified"]
    assert shared.json()["type"] == "urn:kairos:problem:criterion_not_overridable"
    assert await alerts(clinic) == [("escort_absent", "red")]


async def test_row_6_psychosis_found_after_consent_suspends_the_order(clinic: Clinic) -> None:
    """Intake recomputes and announces it; here nothing is drawn or given by the order any more."""
    draw = await clinic.ready()
    clinic.intake.mode, clinic.intake.version = "not_cleared", 2
    await clinic.clear(version=2, cleared=False)

    given, drawn = await clinic.give(draw), await clinic.draw("1")

    assert given.json()["rules"] == ["not_cleared"]
    assert "not_cleared" in drawn.json()["rules"]


@pytest.mark.parametrize(
    ("who", "kind", "rule"),
    [
        ("ortiz", "nursing_licence", "giver_not_credentialed"),
        ("lee", "dea_registration", "prescriber_not_credentialed"),
    ],
)
async def test_row_7_licence_that_ended_at_midnight_blocks_the_act(
    clinic: Clinic, who: str, kind: str, rule: str
) -> None:
    clinic.service.clock.at = datetime.fromisoformat("2027-03-02T06:58:00+00:00")  # 23:58
    await clinic.credit(getattr(clinic, who), kind, expires_on=date(2027, 3, 1))
    clinic.session = await clinic.check_in()
    draw = await clinic.ready()
    clinic.service.clock.advance(timedelta(minutes=2))

    assert rule in (await clinic.give(draw)).json()["rules"]


async def test_row_7_a_watch_in_progress_is_handed_over_and_not_abandoned(clinic: Clinic) -> None:
    await clinic.dosed()
    begun = clinic.service.clock.now()
    await clinic.credit(clinic.ortiz, "nursing_licence", status=CredentialStatus.SUSPENDED)
    await clinic.watched_at(begun, 10)  # she still writes down what she sees
    path = f"/v1/sessions/{clinic.session}/monitor-handovers"
    body = {"from_practitioner_id": str(clinic.ortiz)}

    taken = await clinic.post(clinic.park, path, body)
    back = await clinic.post(clinic.ortiz, path, {"from_practitioner_id": str(clinic.park)})
    seen = (await clinic.get(f"/v1/sessions/{clinic.session}")).json()
    await clinic.watched_at(begun, 30, 60, 90, 105, 120, readings=WELL)
    lapsed = await clinic.discharge()

    assert taken.status_code == 201
    assert back.json()["type"] == "urn:kairos:problem:not_licensed"
    assert (seen["state"], seen["monitor_id"]) == ("monitoring", str(clinic.park))
    assert lapsed.json()["type"] == "urn:kairos:problem:not_licensed"
    assert (await clinic.discharge(clinic.park)).status_code == 200


@pytest.mark.parametrize(
    ("value", "unit", "kg", "rules"),
    [
        (
            "35",
            "mg_per_kg",
            "68.0",
            {"dose_per_kg_above_hard_stop", "dose_above_hard_stop"},
        ),
        ("5", "mg_per_kg", "68.0", {"dose_per_kg_above_hard_stop", "dose_above_hard_stop"}),
        ("340", "mg", "68.0", {"dose_per_kg_above_hard_stop", "dose_above_hard_stop"}),
        ("0.5", "mg_per_kg", "150", {"weight_changed", "ratio_to_last_dose_above_hard_stop"}),
    ],
)
async def test_row_9_slip_of_unit_point_or_pound_is_a_hard_stop(
    clinic: Clinic, value: str, unit: str, kg: str, rules: set[str]
) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(days=4))
    clinic.session = await clinic.check_in()
    weight = {"kg": kg, "measured_at": clinic.service.clock.now().isoformat()}

    refused = await clinic.order(value, unit, weight=weight, soft_stop_reason="I insist on it")

    assert refused.json()["type"] == "urn:kairos:problem:order_refused"
    named = set(refused.json()["rules"])
    assert named & rules
    assert "weight_changed" in named or named >= {"ratio_to_last_dose_above_hard_stop"}


async def test_row_10_intent_at_check_in_blocks_the_dose_and_calls_a_clinician(
    clinic: Clinic,
) -> None:
    draw = await clinic.ready()
    await clinic.observe(baseline=clinic.baseline(suicide_screen="intent"))

    refused = await clinic.give(draw)
    raised = await alerts(clinic)
    clinic.service.clock.advance(timedelta(minutes=5))
    await clinic.due()
    climbed = await alerts(clinic)
    await clinic.observe()  # asked again with another answer
    still = await clinic.give(draw)

    assert refused.json()["rules"] == ["alert_not_acknowledged", "suicide_screen_positive"]
    assert raised == [("suicide_risk", "emergency")]
    assert climbed == [*raised, ("emergency_unanswered", "red")]
    assert "alert_not_acknowledged" in still.json()["rules"]


async def test_row_10_concern_raised_from_home_blocks_the_dose(clinic: Clinic) -> None:
    draw = await clinic.ready()
    await clinic.worry()

    assert (await clinic.give(draw)).json()["rules"] == ["safety_concern_open"]
    assert "safety_concern_open" in (await clinic.draw("1")).json()["rules"]


async def test_row_11_administrator_or_somebody_elsewhere_is_no_witness(clinic: Clinic) -> None:
    draw = await clinic.ready()
    assert (await clinic.give(draw)).status_code == 201
    body = {"amount_mg": "1", "reason": "residue"}
    waste = (await clinic.post(clinic.ortiz, f"/v1/draws/{draw}/wastes", body)).json()["id"]
    path, one = f"/v1/wastes/{waste}/witness", {"amount_mg": "1"}

    own = await clinic.post(clinic.ortiz, path, one)
    far = clinic.service.client(
        "nurse", network=clinic.network, subject=clinic.park, sites=[str(uuid4())]
    )
    async with far:
        elsewhere = await far.post(path, json=one)

    assert own.json()["type"] == "urn:kairos:problem:same_person"
    assert elsewhere.status_code == 403
    assert (await clinic.post(clinic.park, path, one)).status_code == 201


async def test_row_15_count_that_is_five_milligrams_short(clinic: Clinic) -> None:
    """371 against 376 is at the end of the reference journey."""
    found = (await count(clinic, "495")).json()["discrepancy"]

    assert (found["book_mg"], found["counted_mg"]) == ("500", "495")
    assert found["notify_due_at"].startswith("2027-03-02T18")  # a business day from Monday noon
    seen = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    assert (seen["quarantined"], seen["balance_mg"]) == (True, "500")
    closed = await clinic.post(
        clinic.ortiz,
        "/v1/day-closes",
        {"site_id": str(clinic.site), "day": "2027-03-01", "site_zone": clinic.zone},
    )
    assert "discrepancy_open" in closed.json()["rules"]


async def test_row_16_therapist_and_administrator_get_no_record_by_the_bulk(
    clinic: Clinic,
) -> None:
    """Psychotherapy notes are none of this service's; what it holds is not exported either."""
    await clinic.dosed()
    books = {"site_id": str(clinic.site), "from_on": "2027-03-01", "to_on": "2027-03-02"}
    answers: list[Any] = []
    for role in ("admin", "therapist", "front_desk"):
        async with clinic.service.client(role, network=clinic.network) as client:
            answers.append(await client.get("/v1/books.csv", params=books))
            answers.append(await client.get(f"/v1/patients/{clinic.patient}/exposure"))

    assert {one.status_code for one in answers} == {403}


async def test_hundred_draws_for_twenty_patients_against_one_vial(clinic: Clinic) -> None:
    """500 mg are fourteen draws of 35: nobody gets a fifteenth, and nobody gets two."""
    sessions = []
    for _ in range(20):
        clinic.patient = uuid4()
        await clinic.clear()
        clinic.session = await clinic.check_in()
        await clinic.order()
        await clinic.observe()
        sessions.append(clinic.session)
    body = {"container_id": clinic.vial, "amount_mg": "35"}

    answers = await asyncio.gather(
        *(
            clinic.post(clinic.ortiz, f"/v1/sessions/{session}/draws", body)
            for session in sessions * 5
        )
    )

    codes = [one.status_code for one in answers]
    assert (codes.count(201), codes.count(409)) == (14, 86)
    refused = {rule for one in answers if one.status_code == 409 for rule in one.json()["rules"]}
    assert refused <= {"balance_insufficient", "draw_exceeds_order"}
    assert await vial(clinic) == ("10", "intact")
