"""Listens to the bus and remembers what crossed it, as any partner would."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from uuid import UUID

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from kairos_events.envelope import Envelope, decode
from kairos_events.heartbeat import is_heartbeat
from kairos_events.registry import SERVICES, events
from kairos_events.wire_text import EnvelopeError

_POLL_MS = 200


def domain_topics() -> list[str]:
    """Every topic of the published language."""
    return sorted({event.topic for event in events().values()})


@dataclass(slots=True)
class Tap:
    """Collects the events of one network, each once, in the order they arrived."""

    bootstrap: str
    network: UUID
    seen: list[Envelope] = field(default_factory=list)
    repeats: int = 0
    _ids: set[UUID] = field(default_factory=set)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen in the background until `stop`."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._listen()), daemon=True)
        self._thread.start()

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
            try:
                await self._one_connection()
            except (KafkaError, OSError):
                # The broker was killed or wiped; what it republishes is recognised by its id.
                await asyncio.sleep(0.5)

    async def _one_connection(self) -> None:
        consumer = AIOKafkaConsumer(
            *domain_topics(),
            bootstrap_servers=self.bootstrap,
            group_id=None,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=100,
            metadata_max_age_ms=5_000,
        )
        await consumer.start()
        try:
            while not self._stop.is_set():
                for records in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
                    for record in records:
                        self._take(record.key, record.value, list(record.headers))
        finally:
            await consumer.stop()

    def _take(
        self, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]
    ) -> None:
        if is_heartbeat(headers):
            return
        try:
            envelope = decode(key, value, headers)
        except EnvelopeError:
            return
        if envelope.network != self.network:
            return
        if envelope.id in self._ids:
            self.repeats += 1
            return
        self._ids.add(envelope.id)
        self.seen.append(envelope)


__all__ = ["SERVICES", "Tap", "domain_topics"]
