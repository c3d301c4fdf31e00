"""Live streams: a reader goes on where it was. Monitors' readings count once."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from dosing.http.streams import _source
from dosing.store import feed
from dosing.wiring import SERVICE
from kairos_chassis.access.cuts import Cuts
from kairos_chassis.http import streams as chassis_streams
from kairos_chassis.testing.harness import Harness, running

from .clinic import Clinic


async def listen(
    clinic: Clinic,
    wanted: int,
    *,
    after: str | None = None,
    service: Harness | None = None,
    **query: str,
) -> Any:
    """The first events of a stream; then the process lets it end."""
    headers = {} if after is None else {"Last-Event-ID": after}
    events: list[dict[str, str]] = []
    asked = service or clinic.service
    client = asked.client("nurse", network=clinic.network, subject=clinic.ortiz)

    async def read() -> None:
        async with client:
            answer = await client.get("/v1/streams", params=query, headers=headers)
            for block in answer.text.split("\n\n"):
                fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
                if "id" in fields:
                    events.append(fields)

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.3 if wanted else 0.1)
    chassis_streams.end_all()  # as a process does that is told to stop
    await asyncio.wait_for(reading, 5)
    return events


async def test_session_is_followed_and_resumed_where_it_was(clinic: Clinic) -> None:
    first = (await clinic.observe()).json()["id"]
    seen = await listen(clinic, 1, after=str(uuid4_before(clinic)), session_id=clinic.session)
    second = (await clinic.observe()).json()["id"]
    resumed = await listen(clinic, 1, after=seen[-1]["id"], session_id=clinic.session)
    floor = await listen(clinic, 2, after=str(uuid4_before(clinic)), site_id=str(clinic.site))

    assert [event["id"] for event in seen] == [first]
    assert json.loads(seen[0]["data"])["systolic_mmhg"] == 124
    assert second in [event["id"] for event in resumed]
    assert {event["id"] for event in floor} >= {first, second}


async def test_stream_goes_on_in_another_process_where_it_was(
    clinic: Clinic, tmp_path: Path
) -> None:
    """Nothing is kept but the id of the last event: a restart loses none and repeats by id."""
    first = (await clinic.observe()).json()["id"]
    before = str(uuid4_before(clinic))
    seen = await listen(clinic, 1, after=before, session_id=clinic.session)
    second = (await clinic.observe()).json()["id"]  # while nobody listens
    token = tmp_path / "token"
    token.write_text("a-service-token\n")
    settings = {"intake_url": clinic.intake.url, "service_token_file": token}
    ring = {"key_ring_file": tmp_path / "ring.json"}
    started = running(
        SERVICE, clinic.service.database, clinic.service.clock, tmp_path, **settings, **ring
    )
    async with started as anew:
        after = seen[-1]["id"]
        session = await listen(clinic, 1, after=after, service=anew, session_id=clinic.session)
        floor = await listen(clinic, 1, after=after, service=anew, site_id=str(clinic.site))

    assert [event["id"] for event in seen] == [first]
    assert [event["id"] for event in session] == [second]
    assert [event["id"] for event in floor] == [second]


async def test_stream_ends_with_the_token_that_opened_it(clinic: Clinic) -> None:
    client = clinic.service.client("nurse", network=clinic.network, subject=clinic.ortiz)

    async def read() -> str:
        async with client:
            return (await client.get("/v1/streams", params={"session_id": clinic.session})).text

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.3)
    assert not reading.done()
    clinic.service.clock.advance(timedelta(days=2))

    await asyncio.wait_for(reading, 30)  # by itself: the process goes on


async def test_stream_ends_where_access_was_cut_off(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = clinic.service.client("nurse", network=clinic.network, subject=clinic.ortiz)
    reading = asyncio.create_task(client.get("/v1/streams", params={"session_id": clinic.session}))
    await asyncio.sleep(0.3)
    assert not reading.done()

    async def nobody(*_: object) -> bool:
        return False

    monkeypatch.setattr(Cuts, "admits", nobody)
    await asyncio.wait_for(reading, 30)
    await client.aclose()


async def test_floor_busier_than_a_page_is_followed_to_its_end(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PAGE", 2)
    seen = [(await clinic.observe()).json()["id"] for _ in range(5)]
    call = SimpleNamespace(deps=SimpleNamespace(db=clinic.service.db), network_id=clinic.network)
    source = _source(call, None, clinic.site)  # type: ignore[arg-type]

    after, got = str(uuid4_before(clinic)), []
    while page := await source(after):
        got += [one.id for one in page]
        after = got[-1]

    assert got == seen


def uuid4_before(clinic: Clinic) -> Any:
    """An id from before everything; ids carry the machine's time, not the test's."""
    from dosing.store.feed import first_id_of

    return first_id_of(clinic.service.clock.now() - timedelta(days=400))


async def test_stream_ends_when_the_process_stops(clinic: Clinic) -> None:
    assert await listen(clinic, 0, session_id=clinic.session) == []


@pytest.mark.parametrize("query", [{}, {"session_id": str(uuid4()), "site_id": str(uuid4())}])
async def test_stream_names_one_thing(clinic: Clinic, query: dict[str, str]) -> None:
    answer = await clinic.get("/v1/streams", **query)

    assert answer.status_code == 422


async def test_nobody_follows_another_network(clinic: Clinic) -> None:
    stranger = clinic.service.client("nurse", network=uuid4())

    async with stranger:
        answer = await stranger.get("/v1/streams", params={"session_id": clinic.session})

    assert answer.status_code == 404


def batch(clinic: Clinic, *values: int, kind: str = "spo2_percent", ago: int = 0) -> Any:
    now = clinic.service.clock.now() - timedelta(seconds=ago)
    return {
        "device_id": str(clinic.site),
        "readings": [
            {
                "kind": kind,
                "read_at": (now - timedelta(seconds=len(values) - i)).isoformat(),
                "value": str(value),
            }
            for i, value in enumerate(values)
        ],
    }


async def test_reading_sent_twice_counts_once_and_late_ones_raise_nothing(clinic: Clinic) -> None:
    await clinic.dosed()
    path = f"/v1/sessions/{clinic.session}/device-batches"
    first = batch(clinic, 98, 97, 97)

    taken = await clinic.post(clinic.ortiz, path, first)
    again = await clinic.post(clinic.ortiz, path, first)
    late = await clinic.post(clinic.ortiz, path, batch(clinic, 85, ago=600))
    loose = await clinic.post(clinic.ortiz, path, batch(clinic, 4))

    assert taken.json() == {"accepted": 3, "duplicates": 0, "late": 0, "implausible": 0}
    assert (again.json()["accepted"], again.json()["duplicates"]) == (0, 3)
    assert (late.json()["accepted"], late.json()["late"]) == (1, 1)
    assert loose.json()["implausible"] == 1
    alerts = (await clinic.get(f"/v1/sessions/{clinic.session}/alerts")).json()["items"]
    assert alerts == []
    types = await clinic.types()
    assert types.count("dosing.device_readings_recorded.v1") == 2


async def test_monitor_raises_the_alert_of_a_low_saturation(clinic: Clinic) -> None:
    await clinic.dosed()
    path = f"/v1/sessions/{clinic.session}/device-batches"

    await clinic.post(clinic.ortiz, path, batch(clinic, 98, 91))

    alerts = (await clinic.get(f"/v1/sessions/{clinic.session}/alerts")).json()["items"]
    assert [(one["code"], one["severity"]) for one in alerts] == [("spo2_low", "red")]
