"""Scales fall due by policy, are met by intake's assessments, and tell how the patient fares."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from integration import due
from kairos_chassis import timers
from kairos_chassis.db import Database
from kairos_chassis.testing.harness import Harness
from kairos_events.intake import AssessmentCompletedV1, AssessmentScore, PatientRegisteredV1

from ..following import announced, booking, dose, tasks_of


def completed(
    patient: UUID, at: datetime, score: int, instrument: str = "phq9"
) -> AssessmentCompletedV1:
    return AssessmentCompletedV1(
        assessment_id=uuid4(),
        patient_id=patient,
        instrument=instrument,
        instrument_version="1",
        algorithm_version="1",
        scores=(AssessmentScore(code="total", value=Decimal(score)),),
        band=None,
        prorated=False,
        recall_window_days=14,
        recall_overlaps_dose=False,
        completed_at=at,
    )


async def trend(service: Harness, network: UUID, patient: UUID) -> dict[str, Any]:
    async with service.client("therapist", network=network) as client:
        answer = await client.get(f"/v1/patients/{patient}/outcomes/phq9")
    found: dict[str, Any] = answer.json()
    return found


async def test_course_of_the_reference_journey(service: Harness, network: UUID) -> None:
    patient, day0 = uuid4(), service.clock.now()
    await service.deliver(completed(patient, day0 - timedelta(days=14), 19), network)
    await service.deliver(dose(patient, day0), network)
    for days, score in ((14, 12), (21, 9), (38, 8), (90, 7)):
        service.clock.at = day0 + timedelta(days=days)
        await service.deliver(completed(patient, service.clock.now(), score), network)

    found = await trend(service, network, patient)

    assert [p["change_percent"] for p in found["points"]] == [
        None,
        *("-36.8", "-52.6", "-57.9", "-63.2"),
    ]
    assert [p["classes"] for p in found["points"]] == [
        ["baseline"],
        ["reliable_improvement"],
        *[["response", "reliable_improvement"]] * 3,
    ]
    assert [d["amount_mg"] for d in found["doses"]] == ["34"]
    told = await announced(service, network, "outcome_recorded")
    assert [one.data["score"] for one in told] == ["19", "12", "9", "8", "7"]
    assert told[2].data["baseline_assessment_id"] == told[0].data["assessment_id"]


async def test_every_class_names_its_formula_and_who_published_it(
    service: Harness, network: UUID
) -> None:
    async with service.client("therapist", network=network) as client:
        found = (await client.get("/v1/outcome-policy")).json()
    formulas = {one["code"]: one for one in found["formulas"]}
    assert set(formulas) == {
        "change_percent",
        "response",
        "remission",
        "reliable_change",
        "deterioration",
        "relapse",
    }
    assert all(one["source"] for one in formulas.values())
    assert formulas["reliable_change"]["source"] == "JT"
    scales = {one["instrument"]: one for one in found["scales"]}
    assert (scales["phq9"]["response_percent"], scales["phq9"]["remission_below"]) == ("50", "5")


async def test_repeated_assessment_is_one_outcome(service: Harness, network: UUID) -> None:
    event = completed(uuid4(), service.clock.now(), 19)
    await service.deliver(event, network)
    await service.deliver(event, network)
    assert len(await announced(service, network, "outcome_recorded")) == 1


async def test_deterioration_asks_the_prescriber(service: Harness, network: UUID) -> None:
    patient, day0 = uuid4(), service.clock.now()
    await service.deliver(completed(patient, day0, 12), network)
    await service.deliver(dose(patient, day0), network)
    await service.deliver(completed(patient, day0 + timedelta(days=14), 17), network)

    (task,) = await tasks_of(service, network, "review_outcome")
    assert task["role"] == "prescriber"
    told = await announced(service, network, "outcome_recorded")
    assert "deterioration" in told[-1].data["classes"]


async def test_picture_shows_scores_and_doses_and_nobodys_words(
    service: Harness, network: UUID
) -> None:
    patient, day0 = uuid4(), service.clock.now()
    await service.deliver(completed(patient, day0 - timedelta(days=14), 19), network)
    await service.deliver(dose(patient, day0), network)
    await service.deliver(completed(patient, day0 + timedelta(days=21), 9), network)

    async with service.client("therapist", network=network) as client:
        path = f"/v1/patients/{patient}/outcomes"
        drawn = await client.get(f"{path}/phq9/plot")
        unknown = await client.get(f"{path}/mood/plot")

    assert drawn.headers["Content-Type"].startswith("image/svg+xml")
    assert drawn.text.count("<circle") == 2
    assert drawn.text.count('<line class="dose"') == 1
    assert "day 35" in drawn.text
    assert unknown.json()["type"] == "urn:kairos:problem:scale_not_followed"


async def test_baseline_is_due_after_registration_and_met_by_its_assessment(
    service: Harness, network: UUID
) -> None:
    patient, now = uuid4(), service.clock.now()
    await service.deliver(PatientRegisteredV1(patient_id=patient, registered_at=now), network)

    await service.deliver(completed(patient, now + timedelta(minutes=5), 19), network)

    rows = {m["instrument"]: m["state"] for m in await service.rows("measure", network)}
    assert rows == {
        "phq9": "met",
        **dict.fromkeys(("gad7", "pcl5", "audit_c", "dast10", "lft"), "open"),
    }


async def test_due_scale_is_announced_and_an_unfilled_one_asked_for(
    service: Harness, network: UUID
) -> None:
    patient, day0 = uuid4(), service.clock.now()
    await service.deliver(dose(patient, day0), network)
    service.clock.at = day0 + timedelta(days=1)
    await service.run_due()
    due = {one.data["instrument"] for one in await announced(service, network, "measure_due")}
    assert due == {"ebi", "meq30"}

    await service.deliver(completed(patient, service.clock.now(), 410, "ebi"), network)
    service.clock.advance(timedelta(hours=73))
    await service.run_due()

    (task,) = await tasks_of(service, network, "measure_overdue")
    async with service.client("therapist", network=network) as client:
        params: dict[str, str | bool] = {
            "patient_id": str(patient),
            "state": "open",
            "due_only": True,
        }
        (late,) = (await client.get("/v1/measures", params=params)).json()["items"]
    assert late["id"] == str(task["subject_id"])
    assert (late["instrument"], late["overdue"]) == ("meq30", True)

    await service.deliver(completed(patient, service.clock.now(), 3, "meq30"), network)
    (task,) = await tasks_of(service, network, "measure_overdue")
    assert task["state"] == "done"


async def test_scale_asked_at_a_visit_moves_with_it_and_goes_with_it(
    service: Harness, network: UUID
) -> None:
    patient, now = uuid4(), service.clock.now()
    visit = booking(patient, now + timedelta(days=2))
    await service.deliver(visit, network)
    later = visit.model_copy(update={"starts_at": now + timedelta(days=5)})
    await service.deliver(later, network)
    (measure,) = await service.rows("measure", network)
    assert measure["due_at"] == now + timedelta(days=5)

    from ..following import no_show

    await service.deliver(no_show(later, now), network)
    (measure,) = await service.rows("measure", network)
    assert measure["state"] == "cancelled"


async def test_end_of_a_course_plans_what_follows_on_the_patients_wall(
    service: Harness, network: UUID
) -> None:
    """Denver leaves summer time on 7 November 2027: four weeks later it is still half past nine."""
    patient, denver = uuid4(), ZoneInfo("America/Denver")
    ended = datetime(2027, 10, 20, 9, 30, tzinfo=denver)
    service.clock.at = ended.astimezone(UTC)
    plan = {
        "kind": "treatment",
        "number": 1,
        "indication": "trd",
        "zone": "America/Denver",
        "plan": {"goals": ["sleep through the night"]},
    }
    async with service.client("therapist", network=network) as client:
        path = f"/v1/patients/{patient}"
        assert (await client.post(f"{path}/care-plans", json=plan)).status_code == 201
        stale = await client.post(f"{path}/care-plans", json=plan)
        body = {"ended_at": ended.isoformat()}
        assert (await client.post(f"{path}/course-ends", json=body)).status_code == 201

    assert stale.json()["type"] == "urn:kairos:problem:care_plan_changed"
    due = [m for m in await service.rows("measure", network) if m["occasion"] == "follow_up_28"]
    walls = {m["due_at"].astimezone(denver).strftime("%m-%d %H:%M") for m in due}
    assert walls == {"11-17 09:30"}
    (task,) = await tasks_of(service, network, "write_after_care")
    assert (task["role"], task["state"]) == ("therapist", "open")

    after = plan | {"kind": "after_care", "plan": {"early_signs": ["waking at four"]}}
    async with service.client("therapist", network=network) as client:
        assert (await client.post(f"{path}/care-plans", json=after)).status_code == 201
    (task,) = await tasks_of(service, network, "write_after_care")
    assert task["state"] == "done"


async def test_cohort_of_a_few_is_hidden_and_of_enough_is_shown(
    service: Harness, network: UUID
) -> None:
    day0, patients = service.clock.now(), [uuid4() for _ in range(12)]
    site = uuid4()
    for patient in patients:
        await service.deliver(completed(patient, day0 - timedelta(days=1), 19), network)
        await service.deliver(dose(patient, day0, site_id=site), network)
        await service.deliver(completed(patient, day0 + timedelta(days=21), 9), network)
    service.clock.at = datetime(2027, 4, 8, tzinfo=UTC)

    async with service.client("medical_director", network=network) as client:
        path = "/v1/cohorts/phq9/route/2027-Q1"
        found = (await client.get(path)).json()
        again = (await client.get(path)).json()
        table = await client.get(f"{path}/table")
        drawn = await client.get(f"{path}/plot")
        early = await client.get("/v1/cohorts/phq9/route/2027-Q2")
    async with service.client("medical_director", network=uuid4()) as client:
        other = (await client.get(path)).json()

    assert found == again
    assert [(c["group"], c["patients"]) for c in found["cells"]] == [("im", 12), ("all", 12)]
    assert found["cells"][0]["response_percent"] == "100"
    assert table.text.splitlines()[1] == "im,12,-52.6,100.0,0.0,0.0"
    assert drawn.text.startswith("<svg")
    assert early.json()["type"] == "urn:kairos:problem:quarter_not_over"
    assert other["cells"] == [
        {"group": "all", **dict.fromkeys([k for k in other["cells"][0] if k != "group"])}
    ]
    for said in (table.text, drawn.text, str(found)):
        assert not any(str(patient) in said for patient in patients)


async def test_figures_once_shown_stay_whatever_arrives_later(
    service: Harness, network: UUID
) -> None:
    """Else the patient who came too late is the difference of two tellings."""
    day0, late = service.clock.now(), uuid4()
    for patient in [late, *(uuid4() for _ in range(12))]:
        await service.deliver(completed(patient, day0 - timedelta(days=1), 19), network)
        await service.deliver(dose(patient, day0, mg_per_kg=Decimal("0.5")), network)
        if patient != late:
            await service.deliver(completed(patient, day0 + timedelta(days=21), 9), network)
    service.clock.at = datetime(2027, 4, 8, tzinfo=UTC)

    async with service.client("medical_director", network=network) as client:
        path = "/v1/cohorts/phq9/dose_band/2027-Q1"
        shown = (await client.get(path)).json()
        await service.deliver(completed(late, day0 + timedelta(days=22), 27), network)
        again = (await client.get(path)).json()
    service.clock.at = datetime(2027, 7, 8, tzinfo=UTC)
    async with service.client("medical_director", network=network) as client:
        following = (await client.get("/v1/cohorts/phq9/dose_band/2027-Q2")).json()

    assert shown == again
    assert [(c["group"], c["patients"]) for c in shown["cells"]] == [
        ("0.5_to_0.74_mg_per_kg", 12),
        ("all", 12),
    ]
    assert [c["patients"] for c in following["cells"]] == [None]  # no score of the quarter before


async def test_check_is_noted_as_done_where_it_is_charted(service: Harness, network: UUID) -> None:
    patient, day0 = uuid4(), service.clock.now()
    await service.deliver(PatientRegisteredV1(patient_id=patient, registered_at=day0), network)
    await service.deliver(dose(patient, day0), network)
    service.clock.at = day0 + timedelta(days=91)
    await service.run_due()

    async with service.client("nurse", network=network) as client:
        params: dict[str, str | bool] = {
            "patient_id": str(patient),
            "state": "open",
            "due_only": True,
        }
        page = (await client.get("/v1/measures", params=params)).json()["items"]
        due = {one["instrument"]: one for one in page}
        fact, path = str(uuid4()), f"/v1/measures/{due['urinalysis']['id']}"
        read = (await client.get(path)).headers["ETag"]
        body, seen = {"charted_in": fact}, {"If-Match": read}
        done = await client.post(f"{path}/completion", json=body, headers=seen)
        later = {**params, "due_only": False}
        rest = (await client.get("/v1/measures", params=later)).json()["items"]
        early = next(one for one in rest if one["instrument"] == "lft" and not one["due"])
        refused = [
            await client.post(
                f"/v1/measures/{one['id']}/completion",
                json=body,
                headers={"If-Match": f'"v{one["version"]}"'},
            )
            for one in (early, due["phq9"], done.json())
        ]

    assert {"lft", "urinalysis", "phq9"} <= set(due)
    assert (done.json()["state"], done.json()["met_by"]) == ("met", fact)
    assert [answer.json()["type"].rpartition(":")[2] for answer in refused] == [
        "check_too_early",
        "measure_met_by_scale",
        "measure_ended",
    ]


async def test_urinary_symptoms_are_asked_where_ketamine_is_given(
    service: Harness, network: UUID
) -> None:
    patient, now = uuid4(), service.clock.now()
    await service.deliver(booking(patient, now + timedelta(days=2)), network)
    await service.deliver(booking(patient, now + timedelta(days=1), "dosing_im"), network)
    rows = [(m["instrument"], m["due_at"]) for m in await service.rows("measure", network)]
    asked = [at for instrument, at in rows if instrument == "urinary_symptoms"]
    assert asked == [now + timedelta(days=1)]
    assert sum(instrument == "cssrs_screener" for instrument, _ in rows) == 2


async def test_due_scales_outlive_the_process_that_planned_them(
    service: Harness, network: UUID
) -> None:
    """Another process, with nothing but the database, announces what has fallen due meanwhile."""
    patient, day0 = uuid4(), service.clock.now()
    await service.deliver(dose(patient, day0), network)
    service.clock.at = day0 + timedelta(days=7, hours=1)
    db = await Database.connect(service.database.runtime_url, service.clock, size=2, name="other")
    try:
        while await timers.run_due(db, due.timers):
            pass
    finally:
        await db.close()

    told = [one.data for one in await announced(service, network, "measure_due")]
    assert {(one["instrument"], one["occasion"]) for one in told} == {
        ("ebi", "day_1"),
        ("meq30", "day_1"),
        ("qids_sr16", "weekly_7"),
    }
    assert await service.run_due() == 0


@pytest.mark.parametrize("instant", ["2027-03-10T16:30:00+00:00", "2027-11-03T15:30:00+00:00"])
async def test_weekly_scales_keep_the_patients_wall_across_a_change_of_clocks(
    service: Harness, network: UUID, instant: str
) -> None:
    """Denver changes its clocks on 14 March and 7 November 2027; half past nine stays half past."""
    patient, denver = uuid4(), ZoneInfo("America/Denver")
    service.clock.at = datetime.fromisoformat(instant)
    plan = {"kind": "treatment", "number": 1, "zone": "America/Denver", "plan": {"goals": ["x"]}}
    async with service.client("therapist", network=network) as client:
        path = f"/v1/patients/{patient}/care-plans"
        assert (await client.post(path, json=plan)).status_code == 201
    await service.deliver(dose(patient, service.clock.now()), network)

    rows = await service.rows("measure", network)
    weekly = [m["due_at"].astimezone(denver) for m in rows if m["instrument"] == "qids_sr16"]
    assert {at.strftime("%H:%M") for at in weekly} == {"09:30"}
    assert len({at.utcoffset() for at in weekly}) == 1  # all of them after the change
    local = datetime.fromisoformat(instant).astimezone(denver)
    assert {at.utcoffset() for at in weekly} != {local.utcoffset()}


async def test_team_answers_each_other_about_one_patient(service: Harness, network: UUID) -> None:
    patient = uuid4()
    async with service.client("nurse", network=network) as client:
        path = f"/v1/patients/{patient}/team-messages"
        first = await client.post(path, json={"words": "She slept badly."})
        answer = {"words": "I shall call her.", "answers": first.json()["id"]}
        await client.post(path, json=answer)
        stray = await client.post(f"/v1/patients/{uuid4()}/team-messages", json=answer)
        words = [one["words"] for one in (await client.get(path)).json()["items"]]

    assert words == ["I shall call her.", "She slept badly."]
    assert stray.json()["type"] == "urn:kairos:problem:message_not_found"
