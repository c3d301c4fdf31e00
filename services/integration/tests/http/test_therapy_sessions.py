"""Therapy sessions over HTTP: recorded once, announced without words, and closing their episode."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from kairos_chassis.testing.harness import Harness

from .opening import open_episode_for

PRACTITIONER = str(uuid4())


def body(service: Harness, patient: UUID, episode: str | None, **changes: Any) -> dict[str, Any]:
    now = service.clock.now()
    return {
        "patient_id": str(patient),
        "episode_id": episode,
        "kind": "integration",
        "practitioner_id": PRACTITIONER,
        "started_at": (now - timedelta(minutes=60)).isoformat(),
        "ended_at": (now - timedelta(minutes=5)).isoformat(),
        "themes": ["grief"],
        "insights": ["it can be met"],
        "commitments": ["write every morning"],
        **changes,
    }


async def test_next_days_session_closes_the_episode(service: Harness, network: UUID) -> None:
    patient, episode = await open_episode_for(service, network)
    service.clock.advance(timedelta(hours=20))

    async with service.client("therapist", network=network) as client:
        answer = await client.post(
            "/v1/therapy-sessions", json=body(service, patient, str(episode))
        )
        closed = (await client.get(f"/v1/episodes/{episode}")).json()

    assert answer.status_code == 201
    assert closed["state"] == "closed"
    assert closed["outcome"] == "completed"
    assert closed["therapy_session_id"] == answer.json()["id"]
    types = [event.type for event in await service.outboxed(network)]
    assert types[1:] == ["integration.episode_closed.v1", "integration.therapy_session_recorded.v1"]


async def test_what_was_said_never_leaves_in_an_event(service: Harness, network: UUID) -> None:
    patient, episode = await open_episode_for(service, network)
    service.clock.advance(timedelta(hours=20))

    async with service.client("therapist", network=network) as client:
        await client.post("/v1/therapy-sessions", json=body(service, patient, str(episode)))

    for row in await service.rows("outbox", network):
        assert b"grief" not in row["data"]
        assert b"morning" not in row["data"]


async def test_repeated_request_has_one_outcome(service: Harness, network: UUID) -> None:
    patient, episode = await open_episode_for(service, network)
    service.clock.advance(timedelta(hours=20))
    document = body(service, patient, str(episode))
    key = {"Idempotency-Key": str(uuid4())}

    async with service.client("therapist", network=network) as client:
        first = await client.post("/v1/therapy-sessions", json=document, headers=key)
        again = await client.post("/v1/therapy-sessions", json=document, headers=key)
        other = await client.post(
            "/v1/therapy-sessions", json={**document, "themes": []}, headers=key
        )

    assert again.status_code == first.status_code == 201
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.status_code == 422
    assert other.json()["type"] == "urn:kairos:problem:idempotency_key_reused"
    assert len(await service.rows("therapy_session", network)) == 1


@pytest.mark.parametrize(
    ("changes", "status", "slug"),
    [
        ({"kind": "preparation"}, 409, "not_integration_work"),
        ({"patient_id": str(uuid4())}, 409, "other_patients_episode"),
        ({"episode_id": str(uuid4())}, 404, "episode_not_found"),
        ({"surprise": 1}, 422, "invalid_payload"),
        ({"themes": "grief"}, 422, "invalid_payload"),
    ],
)
async def test_unfit_session_leaves_the_episode_open(
    service: Harness, network: UUID, changes: dict[str, Any], status: int, slug: str
) -> None:
    patient, episode = await open_episode_for(service, network)
    service.clock.advance(timedelta(hours=20))

    async with service.client("therapist", network=network) as client:
        document = body(service, patient, str(episode), **changes)
        answer = await client.post("/v1/therapy-sessions", json=document)

    assert answer.status_code == status
    assert answer.json()["type"] == f"urn:kairos:problem:{slug}"
    assert await service.rows("therapy_session", network) == []
    assert len(await service.outboxed(network)) == 1
