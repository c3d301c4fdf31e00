"""An episode follows every discharge and ends with its integration."""

from datetime import timedelta
from uuid import UUID, uuid4

from kairos_chassis.testing.harness import Harness
from kairos_events.dosing import SessionDischargedV1
from kairos_events.fields import Route


def discharged(service: Harness, route: Route = Route.IM) -> SessionDischargedV1:
    now = service.clock.now()
    return SessionDischargedV1(
        session_id=uuid4(),
        visit_id=uuid4(),
        patient_id=uuid4(),
        site_id=uuid4(),
        route=route,
        first_dose_at=now - timedelta(minutes=130),
        last_dose_at=now - timedelta(minutes=120),
        discharged_at=now,
    )


async def test_discharge_opens_an_episode_due_a_day_after_an_im_dose(
    service: Harness, network: UUID
) -> None:
    event = discharged(service)

    await service.deliver(event, network)

    (announced,) = await service.outboxed(network)
    assert announced.type == "integration.episode_opened.v1"
    assert announced.key == str(event.patient_id)
    async with service.client("therapist", network=network) as client:
        page = (await client.get("/v1/episodes", params={"state": "open"})).json()
    (episode,) = page["items"]
    due = event.last_dose_at + timedelta(hours=24)
    assert episode["due_at"] == due.isoformat().replace("+00:00", "Z")
    assert episode["overdue"] is False


async def test_lozenge_leaves_three_days(service: Harness, network: UUID) -> None:
    event = discharged(service, Route.SUBLINGUAL)

    await service.deliver(event, network)

    (row,) = await service.rows("episode", network)
    assert row["due_at"] - event.last_dose_at == timedelta(hours=72)


async def test_repeated_discharge_opens_one_episode(service: Harness, network: UUID) -> None:
    event = discharged(service)

    await service.deliver(event, network)
    await service.deliver(event, network)

    assert len(await service.rows("episode", network)) == 1
    assert len(await service.outboxed(network)) == 1


async def test_missing_integration_is_shown_overdue(service: Harness, network: UUID) -> None:
    await service.deliver(discharged(service), network)

    service.clock.advance(timedelta(hours=23))

    async with service.client("therapist", network=network) as client:
        (episode,) = (await client.get("/v1/episodes")).json()["items"]
        assert episode["overdue"] is True


async def test_late_news_of_the_discharge_spoils_no_integration_work(
    service: Harness, network: UUID
) -> None:
    event = discharged(service)
    service.clock.advance(timedelta(hours=21))

    await service.deliver(event, network)

    (row,) = await service.rows("episode", network)
    assert row["opened_at"] == event.discharged_at
    work = {
        "patient_id": str(event.patient_id),
        "episode_id": str(row["id"]),
        "kind": "integration",
        "practitioner_id": str(uuid4()),
        "started_at": (event.discharged_at + timedelta(hours=19)).isoformat(),
        "ended_at": (event.discharged_at + timedelta(hours=20)).isoformat(),
    }
    async with service.client("therapist", network=network) as client:
        assert (await client.post("/v1/therapy-sessions", json=work)).status_code == 201
