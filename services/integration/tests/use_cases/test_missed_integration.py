"""No integration is forgotten: a missed deadline is counted, announced, and somebody is asked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from integration.wiring import SERVICE
from kairos_chassis.clock import FrozenClock
from kairos_chassis.testing.harness import Harness, running
from kairos_events.dosing import SessionLeftAgainstAdviceV1
from kairos_events.fields import Route

from ..following import announced, booking, discharge, no_show, tasks_of

DAY = timedelta(hours=24)
MISSED = "integration_missed"


async def close_with_work(service: Harness, network: UUID, patient: UUID, episode: UUID) -> None:
    now = service.clock.now()
    work = {
        "patient_id": str(patient),
        "episode_id": str(episode),
        "kind": "integration",
        "practitioner_id": str(uuid4()),
        "started_at": (now - timedelta(minutes=50)).isoformat(),
        "ended_at": now.isoformat(),
    }
    async with service.client("therapist", network=network) as client:
        assert (await client.post("/v1/therapy-sessions", json=work)).status_code == 201


async def test_a_passed_deadline_is_announced_and_a_call_asked_for_the_same_day(
    service: Harness, network: UUID
) -> None:
    patient, dosed = uuid4(), service.clock.now()
    await service.deliver(discharge(patient, dosed), network)

    service.clock.at = dosed + DAY
    await service.run_due()

    (missed,) = await announced(service, network, MISSED)
    assert missed.data["consecutive_misses"] == 1
    assert missed.data["patient_id"] == str(patient)
    (call,) = await tasks_of(service, network, "call_missed_integration")
    assert (call["state"], call["role"]) == ("open", "therapist")
    assert call["due_at"] - service.clock.now() <= timedelta(hours=8)


async def test_a_deadline_that_was_kept_is_no_miss(service: Harness, network: UUID) -> None:
    patient, dosed = uuid4(), service.clock.now()
    await service.deliver(discharge(patient, dosed), network)
    (episode,) = await service.rows("episode", network)
    service.clock.at = dosed + timedelta(hours=22)
    await close_with_work(service, network, patient, episode["id"])

    service.clock.at = dosed + 3 * DAY
    await service.run_due()

    assert await announced(service, network, MISSED) == []
    assert [t["state"] for t in await service.rows("task", network)] == ["cancelled"]


async def test_second_chance_missed_too_is_the_second_miss_in_a_row(
    service: Harness, network: UUID
) -> None:
    patient, dosed = uuid4(), service.clock.now()
    await service.deliver(discharge(patient, dosed), network)

    for days in (1, 2, 3, 4):
        service.clock.at = dosed + days * DAY
        await service.run_due()

    counted = [m.data["consecutive_misses"] for m in await announced(service, network, MISSED)]
    assert counted == [1, 2]


async def test_missed_visit_after_a_miss_is_the_second_miss_at_once(
    service: Harness, network: UUID
) -> None:
    patient, dosed = uuid4(), service.clock.now()
    await service.deliver(discharge(patient, dosed), network)
    service.clock.at = dosed + DAY
    await service.run_due()
    again = booking(patient, dosed + DAY + timedelta(hours=4))
    await service.deliver(again, network)

    service.clock.advance(timedelta(hours=5))
    await service.deliver(no_show(again, service.clock.now()), network)

    counted = [m.data["consecutive_misses"] for m in await announced(service, network, MISSED)]
    assert counted == [1, 2]


async def test_missed_visit_before_the_deadline_asks_for_a_call_and_counts_nothing(
    service: Harness, network: UUID
) -> None:
    patient, dosed = uuid4(), service.clock.now()
    visit = booking(patient, dosed + timedelta(hours=20))
    await service.deliver(visit, network)
    await service.deliver(discharge(patient, dosed), network)

    service.clock.at = dosed + timedelta(hours=21)
    await service.deliver(no_show(visit, service.clock.now()), network)

    assert await announced(service, network, MISSED) == []
    assert len(await tasks_of(service, network, "call_missed_visit")) == 1


async def test_completed_integration_ends_the_row_of_misses(
    service: Harness, network: UUID
) -> None:
    patient, start = uuid4(), service.clock.now()
    await service.deliver(discharge(patient, start), network)
    service.clock.at = start + DAY
    await service.run_due()
    (first,) = await service.rows("episode", network)
    service.clock.advance(timedelta(hours=2))
    await close_with_work(service, network, patient, first["id"])

    service.clock.at = start + 3 * DAY
    await service.deliver(discharge(patient, start + 3 * DAY), network)
    service.clock.at = start + 4 * DAY
    await service.run_due()

    counted = [m.data["consecutive_misses"] for m in await announced(service, network, MISSED)]
    assert counted == [1, 1]


async def test_misses_after_two_doses_are_in_a_row(service: Harness, network: UUID) -> None:
    patient, start = uuid4(), service.clock.now()
    for dosed in (start, start + timedelta(days=3)):
        service.clock.at = dosed
        await service.deliver(discharge(patient, dosed), network)
        service.clock.at = dosed + DAY
        await service.run_due()

    counted = [m.data["consecutive_misses"] for m in await announced(service, network, MISSED)]
    assert counted == [1, 2, 3]  # deadline, second chance, and the next dose's deadline


async def test_the_next_days_visit_is_shown_and_a_missing_one_is_booked(
    service: Harness, network: UUID
) -> None:
    planned, unplanned, dosed = uuid4(), uuid4(), service.clock.now()
    visit = booking(planned, dosed + timedelta(hours=22))
    await service.deliver(visit, network)
    for patient in (planned, unplanned):
        await service.deliver(discharge(patient, dosed), network)

    async with service.client("therapist", network=network) as client:
        items = (await client.get("/v1/episodes")).json()["items"]
    shown = {item["patient_id"]: item["visit"] for item in items}
    assert shown[str(planned)]["id"] == str(visit.visit_id)
    assert shown[str(planned)]["in_time"] is True
    assert shown[str(unplanned)] is None
    (task,) = await tasks_of(service, network, "book_integration")
    assert (task["patient_id"], task["role"]) == (unplanned, "front_desk")

    await service.deliver(booking(unplanned, dosed + timedelta(hours=23)), network)

    (task,) = await tasks_of(service, network, "book_integration")
    assert task["state"] == "done"


async def test_who_leaves_against_advice_is_owed_integration_too(
    service: Harness, network: UUID
) -> None:
    now = service.clock.now()
    left = SessionLeftAgainstAdviceV1(
        session_id=uuid4(),
        visit_id=uuid4(),
        patient_id=uuid4(),
        site_id=uuid4(),
        route=Route.IM,
        unmet_criteria=("minimum_watch",),
        first_dose_at=now - timedelta(minutes=40),
        last_dose_at=now - timedelta(minutes=40),
        left_at=now,
    )

    await service.deliver(left, network)

    (episode,) = await service.rows("episode", network)
    assert episode["due_at"] == left.last_dose_at + DAY


async def test_a_day_is_24_hours_when_the_clocks_change(service: Harness, network: UUID) -> None:
    """Denver goes to summer time on 14 March 2027: the deadline is an hour later on the wall."""
    denver = ZoneInfo("America/Denver")
    dosed = datetime(2027, 3, 13, 14, 0, tzinfo=denver).astimezone(UTC)
    service.clock.at = dosed
    await service.deliver(discharge(uuid4(), dosed), network)
    (episode,) = await service.rows("episode", network)
    assert episode["due_at"].astimezone(denver).hour == 15

    service.clock.at = dosed + timedelta(hours=23, minutes=59)
    await service.run_due()
    assert await announced(service, network, MISSED) == []
    service.clock.advance(timedelta(minutes=1))
    await service.run_due()
    assert len(await announced(service, network, MISSED)) == 1


async def test_what_is_not_done_goes_higher_until_somebody_does_it(
    service: Harness, network: UUID
) -> None:
    patient, dosed = uuid4(), service.clock.now()
    await service.deliver(discharge(patient, dosed), network)
    service.clock.at = dosed + DAY
    await service.run_due()
    asked = []
    for _ in range(4):
        (task,) = await tasks_of(service, network, "call_missed_integration")
        asked.append(task["role"])
        service.clock.advance(timedelta(hours=12))
        await service.run_due()
    assert asked == ["therapist", "prescriber", "medical_director", "medical_director"]

    (task,) = await tasks_of(service, network, "call_missed_integration")
    async with service.client("medical_director", network=network) as client:
        path, read = f"/v1/tasks/{task['id']}", {"If-Match": f'"v{task["version"]}"'}
        done = await client.post(f"{path}/end", json={"state": "done"}, headers=read)
        again = await client.post(
            f"{path}/end", json={"state": "done"}, headers={"If-Match": done.headers["ETag"]}
        )
    assert done.json()["state"] == "done"
    assert again.json()["type"] == "urn:kairos:problem:task_ended"


async def test_a_deadline_outlives_the_process_that_set_it(
    service: Harness, network: UUID, tmp_path: Path
) -> None:
    dosed = service.clock.now()
    await service.deliver(discharge(uuid4(), dosed), network)

    settings = {
        "notes_database_url": service.database.url_as("integration_notes"),
        "sealing_key": "k" * 32,
    }
    later = FrozenClock(dosed + DAY)
    async with running(SERVICE, service.database, later, tmp_path, **settings) as started_anew:
        await started_anew.run_due()

    assert len(await announced(service, network, MISSED)) == 1
