"""The broker as a client sees it: settings for producer and consumer, and which cluster it is.

A broker that was wiped comes back under another cluster id while clients keep their cached
metadata, so that sends are acknowledged into topics which no longer exist. `ClusterWatch` asks
for the id twice a second; relay and consumer start over when it changes.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from kairos_chassis.bus.waiting import wait_for_event

CLUSTER_POLL_SECONDS: Final = 0.5
ADMIN_TIMEOUT_MS: Final = 5_000

EnsureTopics = Callable[[AIOKafkaAdminClient, bool], Awaitable[None]]
"""Creates the topics that are missing; told to repair, also makes wrongly made ones anew.

Injected in the embedded profile, where nobody else does.
"""

log = structlog.get_logger(__name__)


class BusUnavailableError(Exception):
    """The broker does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusSettings:
    """How to reach the broker. `idempotence` is false on Tansu, which cannot serve aiokafka's."""

    bootstrap: str
    client_id: str
    idempotence: bool = True
    embedded: bool = False


def make_producer(settings: BusSettings) -> AIOKafkaProducer:
    """A producer, not started. The request timeout stays below half the termination grace."""
    return AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap,
        client_id=settings.client_id,
        enable_idempotence=settings.idempotence,
        acks="all",
        linger_ms=0,  # what waits while a batch is in flight goes together anyway
        max_batch_size=131_072,
        request_timeout_ms=10_000,
        metadata_max_age_ms=5_000,
    )


def make_consumer(settings: BusSettings, group: str) -> AIOKafkaConsumer:
    """A consumer, neither subscribed nor started.

    100 ms is the wait at which a memory broker delivers quickly and still catches up; the
    offsets are ours to commit, after the effects.
    """
    return AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap,
        client_id=settings.client_id,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=100,
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_000,
        rebalance_timeout_ms=30_000,
        metadata_max_age_ms=5_000,
        request_timeout_ms=10_000,
    )


class ClusterWatch:
    """Knows the broker's cluster id, and whether it answers at all."""

    def __init__(self, settings: BusSettings, ensure_topics: EnsureTopics | None = None) -> None:
        self._settings = settings
        self._ensure = ensure_topics
        self._admin: AIOKafkaAdminClient | None = None
        self.cluster_id: str | None = None
        self.reachable = False
        self._answered = asyncio.Event()
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Ask until cancelled. Never raises for a broker that is away."""
        try:
            while True:
                await self.ask()
                await asyncio.sleep(CLUSTER_POLL_SECONDS)
        finally:
            await self._drop_admin()

    async def ask(self) -> None:
        """Ask once and remember the answer."""
        try:
            admin = await self._client()
            async with asyncio.timeout(ADMIN_TIMEOUT_MS / 1000):
                answer = await admin.describe_cluster()
        except (KafkaError, OSError) as error:
            if self.reachable:
                log.warning("bus_unreachable", error=type(error).__name__)
            self.reachable = False
            self._answered.clear()
            await self._drop_admin()
            return
        if self.cluster_id != answer["cluster_id"]:
            self.cluster_id = str(answer["cluster_id"])
            self._changed.set()
            self._changed = asyncio.Event()
        self.reachable = True
        self._answered.set()

    async def ask_once(self) -> str | None:
        """The cluster id of the broker that answers now; None if none does."""
        try:
            await self.ask()
        finally:
            await self._drop_admin()
        return self.cluster_id if self.reachable else None

    async def known_unless(self, stopping: asyncio.Event) -> str | None:
        """The cluster id of a broker that answers; waits for one. None when asked to stop."""
        while not self.reachable or self.cluster_id is None:
            if stopping.is_set():
                return None
            await wait_for_event(self._answered, CLUSTER_POLL_SECONDS)
        return self.cluster_id

    async def replaced(self, cluster_id: str) -> None:
        """Returns once a broker with another cluster id has answered."""
        while self.cluster_id == cluster_id:
            await self._changed.wait()

    async def ensure_topics(self, *, repair: bool = False) -> None:
        """Create missing topics, where this process was told how. Raises BusUnavailableError."""
        if self._ensure is None:
            return
        try:
            await self._ensure(await self._client(), repair)
        except (KafkaError, OSError) as error:
            raise BusUnavailableError(type(error).__name__) from error

    async def _client(self) -> AIOKafkaAdminClient:
        if self._admin is None:
            admin = AIOKafkaAdminClient(
                bootstrap_servers=self._settings.bootstrap,
                client_id=f"{self._settings.client_id}-watch",
                request_timeout_ms=ADMIN_TIMEOUT_MS,
            )
            try:
                await admin.start()
            except BaseException:
                await admin.close()
                raise
            self._admin = admin
        return self._admin

    async def _drop_admin(self) -> None:
        admin, self._admin = self._admin, None
        if admin is not None:
            with contextlib.suppress(KafkaError, OSError):
                await admin.close()
