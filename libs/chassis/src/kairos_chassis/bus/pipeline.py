"""Batches on their way to the broker: the next is read and sent while those before are answered.

A few batches are in flight and no more: that is the back-pressure, for a slow broker slows the
reading. They are settled and marked one after another, in the order of their reading, so that a
key which fails in one is not marked in those behind it.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from kairos_chassis.bus import bulk, metrics, publishing, sending
from kairos_chassis.bus.broker import BusUnavailableError, ClusterWatch
from kairos_chassis.bus.producing import Link
from kairos_chassis.bus.publishing import Key
from kairos_chassis.bus.sending import Sent
from kairos_chassis.bus.settled import Settled
from kairos_chassis.bus.stuck import StuckKeys
from kairos_chassis.bus.waiting import unless
from kairos_chassis.bus.wire import Wire
from kairos_chassis.db import Database
from kairos_chassis.failure import error_name

DEPTH: Final = 3


@dataclass(slots=True)
class Underway:
    """A batch in flight, and what brings it to its end."""

    link: Link
    leases: Mapping[int, int]
    sent: Sent
    end: "asyncio.Task[None] | None" = None


class Pipeline:
    """Brings one relay's batches to the broker."""

    def __init__(
        self,
        db: Database,
        watch: ClusterWatch,
        holder: UUID,
        source: str,
        *,
        batch: int,
        depth: int = DEPTH,
    ) -> None:
        self._db = db
        self._watch = watch
        self._holder = holder
        self._wire = Wire(source)
        self._batch = batch
        self._depth = depth
        self._stuck = StuckKeys()
        self._suspects: set[Key] = set()
        self._underway: deque[Underway] = deque()
        self._failure: Exception | None = None
        self._link: Link | None = None
        self.settled = Settled()

    async def push(self, link: Link, leases: Mapping[int, int]) -> bool:
        """Read and send the next batch. Returns whether there is certainly more.

        Raises what a batch before has failed with, once nothing is in flight any more.
        """
        while len(self._underway) >= self._depth and self._failure is None:
            await asyncio.wait({self._end_of(self._underway[0])})
        if self._failure is not None:
            await self.drain()
        if link is not self._link:  # all may wait again, and nothing new may go before it
            self._link, self.settled = link, Settled()
        await self.settled.move(self._db)
        rows = await publishing.unpublished(
            self._db,
            list(leases),
            self._stuck.waiting(),
            self._batch,
            after=self.settled.bound,
            sending=[row["id"] for one in self._underway for row in one.sent.rows],
        )
        if not rows:
            return False
        metrics.RELAY_BATCH_SIZE.observe(len(rows))
        # What is in flight to a broker that is gone for good would only be answered by a timeout.
        sent = await unless(
            self._watch.replaced(link.cluster_id),
            bulk.send(link.producer, rows, self._wire, self._suspects),
        )
        if sent is None:
            return True
        before = self._underway[-1].end if self._underway else None
        one = Underway(link, leases, sent)
        self._underway.append(one)
        one.end = asyncio.create_task(self._finish(one, before))
        metrics.RELAY_IN_FLIGHT.set(sum(len(one.sent.rows) for one in self._underway))
        return len(rows) == self._batch

    async def drain(self) -> None:
        """Wait until nothing is in flight. Raises what a batch has failed with."""
        while self._underway:
            await asyncio.wait({self._end_of(self._underway[-1])})
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    async def close(self) -> None:
        """Wait for nothing more: what is in flight is sent again."""
        ends = [self._end_of(one) for one in self._underway]
        for end in ends:
            end.cancel()
        await asyncio.gather(*ends, return_exceptions=True)

    async def _finish(self, one: Underway, before: "asyncio.Task[None] | None") -> None:
        try:
            if before is not None:
                await asyncio.wait({before})
            await self._settle_and_mark(one)
        except Exception as error:
            self._fail(one, error)
        finally:
            sending.give_up(one.sent)
            self._underway.remove(one)
            metrics.RELAY_IN_FLIGHT.set(sum(len(left.sent.rows) for left in self._underway))

    async def _settle_and_mark(self, one: Underway) -> None:
        sent = one.sent
        answered = await unless(self._watch.replaced(one.link.cluster_id), sending.settle(sent))
        if answered is None:
            return
        if sent.acknowledged:
            marked = await publishing.mark(
                self._db, one.link.cluster_id, one.leases, self._holder, sent.acknowledged
            )
            if marked < len(sent.acknowledged):
                metrics.RELAY_NOT_MARKED.inc(len(sent.acknowledged) - marked)
            if not marked:
                raise BusUnavailableError("lease or cluster has passed on")
        self._give_up_behind(one)
        if sent.unavailable is not None:
            raise BusUnavailableError(error_name(sent.unavailable)) from sent.unavailable
        if sent.refused or sent.suspects or self._suspects or self._stuck.any():
            passed = sent.passed()
            self._stuck.note(sent.refused, passed)
            self._suspects = (self._suspects - passed) | sent.suspects

    def _give_up_behind(self, one: Underway) -> None:
        """What failed here stops its key in the batches behind."""
        for behind in self._underway:
            if behind is not one:
                behind.sent.given_up |= one.sent.failed()

    def _fail(self, one: Underway, error: Exception) -> None:
        """Nothing of this batch is certain, so nothing behind it may be marked before it."""
        if self._failure is None:
            self._failure = error
        for behind in self._underway:
            if behind is not one:
                behind.sent.given_up |= {sending.key_of(row) for row in one.sent.rows}

    @staticmethod
    def _end_of(one: Underway) -> "asyncio.Task[None]":
        assert one.end is not None
        return one.end
