"""An open gap is measured at once and reported before a minute has passed; what a process before
did not know is tried again."""

import enum
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from kairos_chassis.bus.applying import Applier
from kairos_chassis.bus.broker import BusSettings
from kairos_chassis.bus.delivery import Delivery, Handled
from kairos_chassis.bus.drain import drain_unknown
from kairos_chassis.bus.gaps import ALERT_SECONDS, GapWatch
from kairos_chassis.bus.record import KafkaRecord
from kairos_chassis.bus.replay import Replay
from kairos_chassis.db import Transaction
from kairos_chassis.handlers import Handlers
from kairos_chassis.testing.bus_station import NETWORK, Station
from kairos_events.envelope import Envelope, encode
from kairos_events.model import Reader
from kairos_events.uuid7 import uuid7
from prometheus_client import REGISTRY
from structlog.testing import capture_logs


class Mood(enum.StrEnum):
    CALM = "calm"


class ReadsMood(Reader, type="busbench.mood.v1"):
    """Decides on a member of an enum."""

    mood: Mood


class MoodOfToday(enum.StrEnum):
    CALM = "calm"
    WILD = "wild"


class ReadsMoodOfToday(Reader, type="busbench.mood.v1"):
    """The same after an upgrade."""

    mood: MoodOfToday


class Catalogue:
    """Knows some versions."""

    def __init__(self, *known: str) -> None:
        self._known = known

    def knows(self, event_type: str) -> bool:
        return event_type in self._known

    def topic_of(self, event_type: str) -> str:
        return "moods"

    def partitions(self, topic: str) -> int:
        return 1


@pytest.fixture
async def alone(postgres_admin_url: str) -> AsyncIterator[Station]:
    nowhere = BusSettings(bootstrap="127.0.0.1:9", client_id="alone")
    async with Station.open(postgres_admin_url, nowhere) as opened:
        yield opened


def handlers(*readers: type[Reader], seen: list[str]) -> Handlers:
    made = Handlers("moody")

    async def note(event: Reader, _envelope: Envelope, _tx: Transaction) -> None:
        seen.append(str(getattr(event, "mood", "?")))

    for reader in readers:
        made.on(reader)(note)
    return made


def record(key: UUID, sequence: int, mood: str, version: int = 1) -> KafkaRecord:
    encoded = encode(
        Envelope(
            id=uuid7(),
            type=f"busbench.mood.v{version}",
            source="urn:kairos:busbench",
            time=datetime.now(UTC),
            subject=str(key),
            dataschema="urn:kairos:schema:busbench.mood",
            network=NETWORK,
            sequence=sequence,
            data=f'{{"mood":"{mood}"}}'.encode(),
            key=str(key),
        )
    )
    return KafkaRecord(
        topic="moods",
        partition=0,
        offset=sequence,
        timestamp_ms=0,
        key=encoded.key,
        value=encoded.value,
        headers=tuple(encoded.headers),
    )


async def test_unknown_member_of_an_enum_is_parked_and_drains_after_an_upgrade(
    alone: Station,
) -> None:
    key = uuid4()
    seen: list[str] = []
    before = Delivery(alone.db, handlers(ReadsMood, seen=seen), Catalogue("busbench.mood.v1"))
    assert await before.deliver(record(key, 1, "calm")) is Handled.APPLIED
    assert await before.deliver(record(key, 2, "wild")) is Handled.PARKED
    assert await before.deliver(record(key, 3, "calm")) is Handled.PARKED
    assert await drain_unknown(alone.db, before.replay, "moody") == 0
    assert seen == ["calm"]

    upgraded = handlers(ReadsMoodOfToday, seen=seen)
    replay = Replay(alone.db, Applier(upgraded, Catalogue("busbench.mood.v1")), "moody")
    assert await drain_unknown(alone.db, replay, "moody") == 1

    assert seen == ["calm", "wild", "calm"]
    assert await alone.rows("select from parked_key") == []


class ReadsMoodV2(Reader, type="busbench.mood.v2"):
    """A major version later."""

    mood: str


async def test_unknown_major_version_is_parked_and_drains_after_an_upgrade(alone: Station) -> None:
    key = uuid4()
    seen: list[str] = []
    before = Delivery(alone.db, handlers(ReadsMood, seen=seen), Catalogue("busbench.mood.v1"))
    assert await before.deliver(record(key, 1, "wild", version=2)) is Handled.PARKED

    known = Catalogue("busbench.mood.v1", "busbench.mood.v2")
    upgraded = handlers(ReadsMood, ReadsMoodV2, seen=seen)
    replay = Replay(alone.db, Applier(upgraded, known), "moody")
    assert await drain_unknown(alone.db, replay, "moody") == 1

    assert seen == ["wild"]


async def test_gap_is_measured_at_once_and_reported_once(alone: Station) -> None:
    key, seen = uuid4(), list[str]()
    deliver = Delivery(
        alone.db, handlers(ReadsMood, seen=seen), Catalogue("busbench.mood.v1")
    ).deliver
    await deliver(record(key, 3, "calm"))
    patient, hasty = GapWatch(), GapWatch(alert_seconds=0.0)

    with capture_logs() as logs:
        async with alone.db.transaction(None) as tx:
            await patient.look(tx, "moody")
            await hasty.look(tx, "moody")
            await hasty.look(tx, "moody")

    assert REGISTRY.get_sample_value("kairos_consumer_gaps_open") == 1
    assert ALERT_SECONDS < 45
    [alert] = [one for one in logs if one["event"] == "gap_open"]
    assert (alert["expected"], alert["sequence"]) == (1, 3)
    assert str(key) not in str(logs)

    await deliver(record(key, 1, "calm"))
    await deliver(record(key, 2, "calm"))
    async with alone.db.transaction(None) as tx:
        await patient.look(tx, "moody")
    assert REGISTRY.get_sample_value("kairos_consumer_gaps_open") == 0
