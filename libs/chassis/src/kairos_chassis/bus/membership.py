"""The consumer's client: one per cluster, with a say in every rebalance."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    IllegalStateError,
    KafkaError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)

from kairos_chassis.bus import metrics
from kairos_chassis.bus.broker import BusSettings, ClusterWatch, make_consumer
from kairos_chassis.bus.closing import PATIENCE_SECONDS, close_quietly
from kairos_chassis.failure import error_name

COMMIT_SECONDS: Final = 5.0
COMMIT_EVERY_SECONDS: Final = 0.25
# A client that has begun to join the new cluster's group can leave it only once it is in; cut
# short, it would stay as a ghost which holds up its successor until the session times out.
MOVE_SECONDS: Final = 10.0
REVOKE_SECONDS: Final = 25.0  # below the client's rebalance timeout of 30 s

# A commit that comes after the partitions moved on: the other member gets duplicates, no harm.
LATE_COMMIT: Final = (
    CommitFailedError,
    IllegalStateError,
    IllegalGenerationError,
    UnknownMemberIdError,
    RebalanceInProgressError,
)

log = structlog.get_logger(__name__)


class Membership(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka is untyped
    """Holds a rebalance up until the batch in hand is finished and committed.

    `drain` commits what is done; it is called once nothing is in hand any more. `settled` hears
    what was assigned.
    """

    def __init__(
        self,
        drain: Callable[[], Awaitable[None]],
        settled: Callable[[Iterable[TopicPartition]], None],
    ) -> None:
        self.joined = False
        self._drain = drain
        self._settled = settled
        self.idle = asyncio.Event()
        self.idle.set()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Called before the group reshuffles; the generation still allows commits."""
        self.joined = False
        try:
            async with asyncio.timeout(REVOKE_SECONDS):
                await self.idle.wait()
        except TimeoutError:
            log.error("rebalance_before_batch_finished", count=len(list(revoked)))
        await self._drain()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Called when the group has settled."""
        self._settled(assigned)
        self.joined = True
        log.info("partitions_assigned", count=len(list(assigned)))


class Member:
    """A started client, its membership and the cluster it was started for.

    `anew`: this process knows the group from another cluster, and offsets of that one may have been
    committed to this before anybody noticed; so each partition is read from its beginning once.
    """

    def __init__(
        self,
        client: AIOKafkaConsumer,
        cluster_id: str,
        *,
        there: Callable[[], str | None],
        anew: bool = False,
    ) -> None:
        self.client = client
        self.cluster_id = cluster_id
        self._there = there
        self._anew: set[TopicPartition] | None = set() if anew else None
        self.membership = Membership(self.commit, self._assigned)
        self._done: dict[TopicPartition, int] = {}
        self._committing = asyncio.Lock()
        self._committer: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def joined(self) -> bool:
        """Whether the group has settled with this member in it."""
        return self.membership.joined

    async def start(self) -> None:
        """Join the group, and commit from now on."""
        await self.client.start()
        self._committer = asyncio.create_task(self.commit_often())

    def seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Go back: a record that failed is not delivered again unless the position is moved."""
        assigned = self.client.assignment()
        for place, offset in offsets.items():
            if place in assigned:
                self.client.seek(place, offset)

    def note(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Offsets whose effects are committed; they are committed themselves soon after."""
        self._done.update(offsets)

    async def commit(self) -> None:
        """Commit what was noted. A failure costs duplicates, nothing else.

        Never to another cluster, and never without being a member: a client that has lost its place
        would commit as a stranger, and a broker takes that from anybody.
        """
        async with self._committing:
            assigned = self.client.assignment()
            done = {place: at for place, at in self._done.items() if place in assigned}
            self._done.clear()
            if not done or self._there() != self.cluster_id or not _is_member(self.client):
                return
            try:
                async with asyncio.timeout(COMMIT_SECONDS):
                    await self.client.commit(done)
            except LATE_COMMIT as error:
                metrics.CONSUMER_LATE_COMMITS.inc()
                log.info("commit_came_late", error=error_name(error))
            except (KafkaError, OSError) as error:
                log.warning("commit_failed", error=error_name(error))
                self._done = {**done, **self._done}

    def _assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._done.clear()  # of an earlier generation
        if self._anew is not None:
            for place in set(assigned) - self._anew:
                self._anew.add(place)
                self.client.seek(place, 0)

    async def commit_often(self) -> None:
        """Commit what was noted, a few times a second, until the member closes."""
        while not self._closing:
            await asyncio.sleep(COMMIT_EVERY_SECONDS)
            if self._done and self.joined:
                await self.commit()

    async def close(self, *, patience: float = PATIENCE_SECONDS) -> None:
        """Commit what is done and leave the group."""
        self._closing = True  # the client may swallow a cancellation
        if self._committer is not None:
            self._committer.cancel()
            await asyncio.gather(self._committer, return_exceptions=True)
        if self.joined:
            await close_quietly(self.commit(), patience=patience)
        self.membership.joined = False
        await close_quietly(self.client.stop(), patience=patience)
        # Cut short it leaves its connections open, which would go on asking for topics.
        await close_quietly(self.client._client.close())


def _is_member(client: AIOKafkaConsumer) -> bool:
    """Whether the client has a place in its group now. It has no public way to say so."""
    generation: int = client._coordinator.generation
    return generation >= 0


async def join(
    settings: BusSettings,
    watch: ClusterWatch,
    cluster_id: str,
    group: str,
    topics: frozenset[str],
    *,
    anew: bool = False,
) -> Member:
    """Start a client for that cluster. Topics exist first, or asking would create them wrongly."""
    await watch.ensure_topics()
    member = Member(
        make_consumer(settings, group), cluster_id, there=lambda: watch.cluster_id, anew=anew
    )
    member.client.subscribe(topics=sorted(topics), listener=member.membership)
    try:
        await member.start()
    except BaseException:
        await member.close()
        raise
    return member
