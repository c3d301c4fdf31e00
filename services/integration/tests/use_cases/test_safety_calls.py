"""After a first dose the patient is called at 24 hours and at 7 days, and nobody forgets it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from kairos_chassis.testing.harness import Harness
from kairos_events.dosing import FollowUpRequestedV1

from ..following import announced, dose, tasks_of


async def owed_call(service: Harness, network: UUID, patient: UUID) -> dict[str, Any]:
    await service.deliver(dose(patient, service.clock.now()), network)
    service.clock.advance(timedelta(hours=24))
    await service.run_due()
    async with service.client("nurse", network=network) as client:
        found: dict[str, Any] = (await client.get("/v1/safety-calls")).json()["items"][0]
    return found


async def test_first_dose_owes_two_calls_and_the_second_dose_none(
    service: Harness, network: UUID
) -> None:
    patient, first = uuid4(), service.clock.now()
    await service.deliver(dose(patient, first), network)
    await service.deliver(dose(patient, first + timedelta(days=3)), network)

    calls = await service.rows("safety_call", network)
    due = {call["occasion"]: call["due_at"] - first for call in calls}
    assert due == {
        "safety_call_24_h": timedelta(hours=24),
        "safety_call_7_d": timedelta(days=7),
    }


async def test_a_call_that_dosing_asks_for_too_is_one_call(service: Harness, network: UUID) -> None:
    patient, now, session = uuid4(), service.clock.now(), uuid4()
    await service.deliver(dose(patient, now, session=session), network)
    for kind in ("safety_call_24_h", "left_against_advice"):
        asked = FollowUpRequestedV1(
            follow_up_id=uuid4(),
            session_id=session,
            patient_id=patient,
            site_id=uuid4(),
            kind=kind,
            due_at=now + timedelta(hours=24),
            requested_at=now,
        )
        await service.deliver(asked, network)

    occasions = {call["occasion"] for call in await service.rows("safety_call", network)}
    assert occasions == {"safety_call_24_h", "safety_call_7_d", "left_against_advice"}


async def test_due_call_is_announced_and_asked_for(service: Harness, network: UUID) -> None:
    await owed_call(service, network, uuid4())

    (due,) = await announced(service, network, "safety_call_due")
    assert due.data["occasion"] == "safety_call_24_h"
    (task,) = await tasks_of(service, network, "safety_call")
    assert (task["role"], task["state"]) == ("nurse", "open")


async def test_settled_call_is_announced_and_its_task_done(service: Harness, network: UUID) -> None:
    call = await owed_call(service, network, uuid4())

    async with service.client("nurse", network=network) as client:
        answer = await client.post(
            f"/v1/safety-calls/{call['id']}/outcome",
            json={"outcome": "well"},
            headers={"If-Match": '"v1"'},
        )

    assert answer.status_code == 200
    (settled,) = await announced(service, network, "safety_call_completed")
    assert settled.data["outcome"] == "well"
    (task,) = await tasks_of(service, network, "safety_call")
    assert task["state"] == "done"


async def test_concern_in_a_call_reaches_the_other_services(
    service: Harness, network: UUID
) -> None:
    call = await owed_call(service, network, uuid4())
    path, read = f"/v1/safety-calls/{call['id']}/outcome", {"If-Match": '"v1"'}
    signs = [{"kind": "suicidality", "severity": "high"}, {"kind": "craving", "severity": "low"}]

    async with service.client("nurse", network=network) as client:
        bare = await client.post(path, json={"outcome": "concern"}, headers=read)
        full = await client.post(path, json={"outcome": "concern", "signs": signs}, headers=read)

    assert bare.json()["type"] == "urn:kairos:problem:concern_needs_flag"
    assert full.status_code == 200
    raised = await announced(service, network, "red_flag_raised")
    assert [(r.data["kind"], r.data["severity"], r.data["origin"]) for r in raised] == [
        ("suicidality", "high", "safety_call"),
        ("craving", "low", "safety_call"),
    ]


async def test_nobody_is_given_up_before_three_tries(service: Harness, network: UUID) -> None:
    call = await owed_call(service, network, uuid4())
    path = f"/v1/safety-calls/{call['id']}"

    async with service.client("nurse", network=network) as client:
        for version in (1, 2, 3):
            read = {"If-Match": f'"v{version}"'}
            early = await client.post(
                f"{path}/outcome", json={"outcome": "not_reached"}, headers=read
            )
            assert early.json()["type"] == "urn:kairos:problem:try_again_first"
            assert (await client.post(f"{path}/attempts", headers=read)).status_code == 200
        late = await client.post(
            f"{path}/outcome", json={"outcome": "not_reached"}, headers={"If-Match": '"v4"'}
        )

    assert late.json()["outcome"] == "not_reached"


@pytest.mark.parametrize(("hours", "told"), [(3, False), (25, True)])
async def test_derealisation_is_danger_once_the_dose_cannot_explain_it(
    service: Harness, network: UUID, hours: int, told: bool
) -> None:
    patient = uuid4()
    await service.deliver(dose(patient, service.clock.now()), network)
    service.clock.advance(timedelta(hours=hours))
    body = {"patient_id": str(patient), "kind": "derealisation", "severity": "moderate"}

    async with service.client("therapist", network=network) as client:
        assert (await client.post("/v1/red-flags", json=body)).status_code == 201

    assert bool(await announced(service, network, "red_flag_raised")) is told
    service.clock.advance(timedelta(hours=24))
    await service.run_due()
    assert len(await announced(service, network, "red_flag_raised")) == 1


async def test_derealisation_seen_gone_is_not_announced(service: Harness, network: UUID) -> None:
    patient = uuid4()
    await service.deliver(dose(patient, service.clock.now()), network)
    service.clock.advance(timedelta(hours=3))
    body = {"patient_id": str(patient), "kind": "derealisation", "severity": "moderate"}
    async with service.client("prescriber", network=network) as client:
        await client.post("/v1/red-flags", json=body)
        (task,) = await tasks_of(service, network, "recheck_sign")
        done = await client.post(
            f"/v1/tasks/{task['id']}/end",
            json={"state": "done"},
            headers={"If-Match": '"v1"'},
        )
        assert done.status_code == 200

    service.clock.advance(timedelta(hours=24))
    await service.run_due()

    assert await announced(service, network, "red_flag_raised") == []
