"""A repeated request has one effect and hears the first answer, however the repeats arrive."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from kairos_chassis.clock import FrozenClock
from kairos_chassis.testing.databases import Databases
from kairos_chassis.testing.harness import Harness, running

from .conftest import NOON
from .services import service_of, settings_of

PATH = "/v1/therapy-sessions"


@pytest.fixture(scope="session")
async def integration(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Harness]:
    """One service stands for all: idempotency is the chassis's."""
    database = await databases.make("integration")
    directory = tmp_path_factory.mktemp("idempotency")
    extra = settings_of("integration", database, directory)
    async with running(
        service_of("integration"), database, FrozenClock(NOON), directory, **extra
    ) as started:
        yield started


def session(service: Harness) -> dict[str, Any]:
    now = service.clock.now()
    return {
        "patient_id": str(uuid4()),
        "kind": "preparation",
        "practitioner_id": str(uuid4()),
        "started_at": (now - timedelta(hours=1)).isoformat(),
        "ended_at": now.isoformat(),
    }


async def send(
    service: Harness, network: UUID, subject: UUID, key: str, body: dict[str, Any]
) -> httpx.Response:
    async with service.client("therapist", network=network, subject=subject) as client:
        return await client.post(PATH, json=body, headers={"Idempotency-Key": key})


async def test_concurrent_repeats_have_one_effect(integration: Harness) -> None:
    network, subject, body = uuid4(), uuid4(), session(integration)

    answers = await asyncio.gather(
        *(send(integration, network, subject, "the-same-key", body) for _ in range(20))
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(await integration.rows("therapy_session", network)) == 1
    assert len(await integration.outboxed(network)) == 1
    audited = await integration.rows("audit_entry", network)
    assert len(audited) == 20
    assert sum(entry["reason"] == "repeated" for entry in audited) == 19


async def test_another_key_is_another_request(integration: Harness) -> None:
    """The twin: without the key, the same body has its effect twice."""
    network, subject, body = uuid4(), uuid4(), session(integration)
    for key in ("first-key", "second-key"):
        assert (await send(integration, network, subject, key, body)).status_code == 201
    assert len(await integration.rows("therapy_session", network)) == 2


async def test_a_key_belongs_to_its_sender_and_network(integration: Harness) -> None:
    network, body = uuid4(), session(integration)
    first = await send(integration, network, uuid4(), "shared-key", body)
    other = await send(integration, network, uuid4(), "shared-key", body)
    elsewhere = await send(integration, uuid4(), uuid4(), "shared-key", body)
    assert len({first.json()["id"], other.json()["id"], elsewhere.json()["id"]}) == 3


async def test_refusal_is_not_remembered(integration: Harness) -> None:
    network, subject, body = uuid4(), uuid4(), session(integration)
    early = {**body, "ended_at": (integration.clock.now() + timedelta(hours=1)).isoformat()}
    refused = await send(integration, network, subject, "one-same-key", early)
    accepted = await send(integration, network, subject, "one-same-key", body)
    assert (refused.status_code, accepted.status_code) == (422, 201)


async def test_a_replay_still_needs_the_right(integration: Harness) -> None:
    network, subject, body = uuid4(), uuid4(), session(integration)
    await send(integration, network, subject, "my-key-1", body)
    async with integration.client("nurse", network=network, subject=subject) as client:
        answer = await client.post(PATH, json=body, headers={"Idempotency-Key": "my-key-1"})
    assert answer.status_code == 403


async def test_a_key_of_a_service_belongs_to_the_user_it_acts_for(integration: Harness) -> None:
    """Else one user would hear the answer that was given for another."""
    network, subject, body = uuid4(), uuid4(), session(integration)
    routes = integration.app.routes
    (route,) = (r for r in routes if getattr(r, "path", "") == PATH and "POST" in r.methods)
    policy = route.rules.policy
    object.__setattr__(policy, "services", frozenset({"dosing"}))
    answers = []
    try:
        for user in (uuid4(), uuid4()):
            acting = {"Kairos-Acting-For": str(user)}
            async with integration.client(
                "service", network=network, subject=subject, headers=acting
            ) as client:
                sent = {"Idempotency-Key": "one-key-of-a-service"}
                answers.append(await client.post(PATH, json=body, headers=sent))
    finally:
        object.__setattr__(policy, "services", frozenset())
    assert [answer.status_code for answer in answers] == [201, 422]
