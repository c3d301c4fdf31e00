"""Closing an episode over HTTP: only what was read can be changed, and only in one's network."""

from datetime import timedelta
from uuid import UUID, uuid4

from kairos_chassis.testing.harness import Harness

from .opening import open_episode_for

DECLINED = {"outcome": "declined"}


async def test_close_needs_the_version_that_was_read(service: Harness, network: UUID) -> None:
    _, episode = await open_episode_for(service, network)
    path = f"/v1/episodes/{episode}/closure"

    async with service.client("therapist", network=network) as client:
        etag = (await client.get(f"/v1/episodes/{episode}")).headers["ETag"]
        missing = await client.post(path, json=DECLINED)
        stale = await client.post(path, json=DECLINED, headers={"If-Match": '"v7"'})
        good = await client.post(path, json=DECLINED, headers={"If-Match": etag})
        again = await client.post(path, json=DECLINED, headers={"If-Match": good.headers["ETag"]})

    assert [missing.status_code, stale.status_code] == [428, 412]
    assert good.status_code == 200
    assert good.json()["outcome"] == "declined"
    assert again.status_code == 409


async def test_other_networks_episode_is_as_good_as_missing(
    service: Harness, network: UUID
) -> None:
    _, episode = await open_episode_for(service, network)

    async with service.client("therapist", network=uuid4()) as client:
        foreign = await client.get(f"/v1/episodes/{episode}")
        missing = await client.get(f"/v1/episodes/{uuid4()}")

    assert foreign.status_code == missing.status_code == 404
    one, other = foreign.json(), missing.json()
    one.pop("request_id")
    other.pop("request_id")
    assert one == other


async def test_pages_follow_signed_cursors(service: Harness, network: UUID) -> None:
    await open_episode_for(service, network)
    await open_episode_for(service, network)

    async with service.client("therapist", network=network) as client:
        first = await client.get("/v1/episodes", params={"limit": 1})
        second = await client.get(first.headers["Link"].split(";")[0].strip("<>"))
        forged = await client.get("/v1/episodes", params={"cursor": "AAAA"})

    assert first.json()["items"][0]["id"] != second.json()["items"][0]["id"]
    assert second.json()["next_cursor"] is None
    assert forged.status_code == 400


async def test_integration_is_not_given_up_before_it_is_due(
    service: Harness, network: UUID
) -> None:
    _, episode = await open_episode_for(service, network)
    path, read = f"/v1/episodes/{episode}/closure", {"If-Match": '"v1"'}

    async with service.client("therapist", network=network) as client:
        early = await client.post(path, json={"outcome": "missed"}, headers=read)
    service.clock.advance(timedelta(hours=24))
    async with service.client("therapist", network=network) as client:
        late = await client.post(path, json={"outcome": "missed"}, headers=read)

    assert early.json()["type"] == "urn:kairos:problem:not_yet_missed"
    assert late.json()["outcome"] == "missed"
