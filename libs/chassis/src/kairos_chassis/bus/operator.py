"""What an operator does about one service's parked keys: see them, replay them, set events aside.

Setting aside takes two people. Both are in the audit trail, in the transaction of the effect: one
row each, under one request id. Nothing here shows what an event says.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from kairos_events.uuid7 import uuid7

from kairos_chassis import audit
from kairos_chassis.auth import Caller
from kairos_chassis.bus import parking
from kairos_chassis.bus.parking import Missing, ParkedEvent, ParkedKey
from kairos_chassis.bus.replay import Replay
from kairos_chassis.db import Database, Transaction
from kairos_chassis.errors import Kind

_ROLES_OF_THE_DECIDER: Final = frozenset({"ops_admin"})


class SamePersonError(Exception):
    """Setting aside takes two people; the second person is the same as the first."""

    slug = "same_person"
    kind = Kind.INVALID


class NoGapError(Exception):
    """No event is missing before the key's first parked one; there is nothing to give up."""

    slug = "no_gap"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why an event is set aside, as a code, and the two people who say so."""

    reason: str
    actor: UUID
    second_person: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The events of a key that wait, and those missing before them."""

    events: list[ParkedEvent]
    missing: Missing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What a release did; `held_by` says why the key still waits, `missing` what it waits for."""

    replayed: int
    held_by: str | None
    missing: Missing | None


class Operator:
    """The parked keys of one consuming service."""

    def __init__(self, db: Database, consumer: str, replay: Replay) -> None:
        self._db = db
        self._consumer = consumer
        self._replay = replay

    async def keys(self) -> list[ParkedKey]:
        """Every key that waits, the longest first."""
        async with self._db.transaction(None) as tx:
            return await parking.list_keys(tx, self._consumer)

    async def show(self, topic: str, key: str) -> Waiting:
        """What waits under a key. Raises NothingParkedError."""
        async with self._db.transaction(None) as tx:
            await self._require(tx, topic, key)
            return Waiting(
                events=await parking.show(tx, self._consumer, topic, key),
                missing=await parking.missing(tx, self._consumer, topic, key),
            )

    async def release(self, topic: str, key: str) -> Released:
        """Replay a key in order until nothing waits or an event holds it again.

        Raises NothingParkedError, and what an outage raises.
        """
        async with self._db.transaction(None) as tx:
            await self._require(tx, topic, key)
        return await self._release(topic, key)

    async def discard(self, topic: str, key: str, decision: Decision) -> Released:
        """Set the first event that waits aside for good, then release what follows.

        Raises SamePersonError, NothingParkedError, GapComesFirstError.
        """
        async with self._db.transaction(await self._network(topic, key, decision)) as tx:
            await parking.discard(tx, self._consumer, topic, key, **_words(decision))
            _record(tx, "discard", f"parked/{topic}/{key}", decision)
        return await self._release(topic, key)

    async def accept_gap(self, topic: str, key: str, decision: Decision) -> Released:
        """Give up the events missing before the first that waits, then release what follows.

        Raises SamePersonError, NothingParkedError, NoGapError.
        """
        async with self._db.transaction(await self._network(topic, key, decision)) as tx:
            lost = await parking.accept_gap(tx, self._consumer, topic, key, **_words(decision))
            if not lost:
                raise NoGapError
            _record(tx, "accept_gap", f"parked/{topic}/{key}", decision)
        return await self._release(topic, key)

    async def _release(self, topic: str, key: str) -> Released:
        done = await self._replay.release(topic, key)
        async with self._db.transaction(None) as tx:
            missing = await parking.missing(tx, self._consumer, topic, key)
        return Released(
            replayed=done.replayed,
            held_by=done.held_by,
            missing=missing if done.held_by == "gap" else None,
        )

    async def _require(self, tx: Transaction, topic: str, key: str) -> None:
        if not await parking.waits(tx, self._consumer, topic, key):
            raise parking.NothingParkedError

    async def _network(self, topic: str, key: str, decision: Decision) -> UUID | None:
        """Whose audit trail it belongs to: the network that the first waiting record names."""
        if decision.actor == decision.second_person:
            raise SamePersonError
        async with self._db.transaction(None) as tx:
            await self._require(tx, topic, key)
            first = await parking.show(tx, self._consumer, topic, key, limit=1)
        return _uuid(first[0].record.header("ce_network")) if first else None


def _words(decision: Decision) -> dict[str, str]:
    """Reason and names as they are kept with the event: both people, the decider first."""
    people = f"{decision.actor} {decision.second_person}"
    return {"reason": decision.reason, "actor": people}


def _record(tx: Transaction, what: str, resource: str, decision: Decision) -> None:
    request_id = uuid7()
    for subject, action, roles in (
        (decision.actor, f"parked.{what}", _ROLES_OF_THE_DECIDER),
        (decision.second_person, f"parked.{what}.second_person", frozenset[str]()),
    ):
        caller = Caller(
            subject=subject,
            network_id=tx.network_id,
            roles=roles,
            sites=None,
            expires_at=tx.now,
        )
        act = audit.Act(
            action=action,
            purpose="operations",
            resource=resource,
            request_id=request_id,
            source_address=None,
            caller=caller,
        )
        audit.record(tx, act, "allowed", reason=decision.reason)


def _uuid(text: str | None) -> UUID | None:
    """The network a record names; None for one that names none, as an undecodable one may."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
