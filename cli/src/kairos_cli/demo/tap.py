"""Listens to the bus and remembers what crossed it, as any partner would."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from kairos_events.envelope import Envelope, decode
from kairos_events.heartbeat import is_heartbeat
from kairos_events.registry import events
from kairos_events.wire_text import EnvelopeError
from kairos_local.errors import CannotStart

_POLL_MS = 200
_PAUSE_S = 0.5
_QUIET_S = 2.0  # timers are looked at twice a second, and an event takes less than one
_SETTLED_BY_S = 15.0
_ANSWER_S = 5.0


def domain_topics() -> list[str]:
    """Every topic of the published language."""
    return sorted({event.topic for event in events().values()})


@dataclass(slots=True)
class Tap:
    """Collects the events of one network, each once, in the order they arrived.

    `bootstrap` says where the broker is now: a platform started again may have moved it.
    `repeats` counts the records that brought an event which another record had brought before.
    """

    bootstrap: Callable[[], str]
    network: UUID
    seen: list[Envelope] = field(default_factory=list)
    repeats: int = 0
    _ids: set[UUID] = field(default_factory=set)
    _places: set[tuple[str, str, int, int]] = field(default_factory=set)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen in the background until `stop`."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._listen()), daemon=True)
        self._thread.start()

    def settle(self) -> None:
        """Wait until nothing new has crossed for a while: what falls due follows the last step."""
        end = time.monotonic() + _SETTLED_BY_S
        heard, since = len(self.seen), time.monotonic()
        while time.monotonic() < end and time.monotonic() - since < _QUIET_S:
            time.sleep(_POLL_MS / 1000)
            if len(self.seen) != heard:
                heard, since = len(self.seen), time.monotonic()

    def stop(self) -> None:
        """Stop listening."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=15)

    def types(self) -> list[str]:
        """The types seen so far."""
        return [envelope.type for envelope in list(self.seen)]

    async def _listen(self) -> None:
        while not self._stop.is_set():
            # Killed, wiped or moved; what the broker gives again is recognised by its id.
            with suppress(KafkaError, OSError, CannotStart):
                if where := self.bootstrap():  # nowhere yet, while the platform starts
                    await self._one_broker(where)
            await asyncio.sleep(_PAUSE_S)

    async def _one_broker(self, bootstrap: str) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        try:
            await admin.start()
            # Tansu invents a topic for whoever asks for one before it exists.
            if not set(domain_topics()) <= set(await admin.list_topics()):
                return
            cluster = await _cluster(admin)
            await self._read(bootstrap, cluster, admin)
        finally:
            await _quietly(admin.close())

    async def _moved(self, admin: AIOKafkaAdminClient, bootstrap: str, cluster: str) -> bool:
        """Whether this broker's place is taken by another, where our offsets mean nothing."""
        return self.bootstrap() != bootstrap or await _cluster(admin) != cluster

    async def _read(self, bootstrap: str, cluster: str, admin: AIOKafkaAdminClient) -> None:
        consumer = AIOKafkaConsumer(
            *domain_topics(),
            bootstrap_servers=bootstrap,
            group_id=None,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=100,
            metadata_max_age_ms=5_000,
        )
        look_at = 0.0
        try:
            await consumer.start()
            while not self._stop.is_set():
                if time.monotonic() > look_at:
                    if await self._moved(admin, bootstrap, cluster):
                        return
                    look_at = time.monotonic() + _PAUSE_S
                for records in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
                    for record in records:
                        self._take(cluster, record)
        finally:
            await _quietly(consumer.stop())
            await _quietly(consumer._client.close())  # what a stop cut short leaves open

    def _take(self, cluster: str, record: ConsumerRecord[bytes, bytes]) -> None:
        place = (cluster, record.topic, record.partition, record.offset)
        headers = list(record.headers)
        if place in self._places or is_heartbeat(headers):
            return
        try:
            envelope = decode(record.key, record.value, headers)
        except EnvelopeError:
            return
        if envelope.network != self.network:
            return
        self._places.add(place)
        if envelope.id in self._ids:
            self.repeats += 1
            return
        self._ids.add(envelope.id)
        self.seen.append(envelope)


async def _cluster(admin: AIOKafkaAdminClient) -> str:
    answer = await asyncio.wait_for(admin.describe_cluster(), _ANSWER_S)
    return str(answer["cluster_id"])


async def _quietly(closing: Awaitable[None]) -> None:
    """Close a client whose broker may be gone; a consumer then lets its own cancelling escape."""
    with suppress(KafkaError, OSError, asyncio.CancelledError):
        await asyncio.wait_for(closing, _ANSWER_S)
