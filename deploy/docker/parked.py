"""Parked keys, for an operator: see what waits, replay it, set it aside with reason and name.

Runs in a service's own container, with that service's settings and handlers:

  docker compose exec dosing-work python /opt/kairos/parked.py list
  … show TOPIC KEY
  … release TOPIC KEY
  … discard TOPIC KEY --reason CODE --actor UUID       the first event that waits, for good
  … accept-gap TOPIC KEY --reason CODE --actor UUID    give up the missing events before it

`discard` and `accept-gap` are audited, in the transaction of their effect. Exit 0 when nothing
waits any more, 1 when something does or the request is refused.
"""

import argparse
import asyncio
import importlib
import os
import re
import sys
from datetime import datetime
from typing import Final
from uuid import UUID

from kairos_chassis import audit
from kairos_chassis.auth import Caller
from kairos_chassis.bus import parking
from kairos_chassis.bus.applying import Applier
from kairos_chassis.bus.catalogue import PublishedLanguage
from kairos_chassis.bus.replay import Replay
from kairos_chassis.db import Database
from kairos_chassis.handlers import Handlers
from kairos_events.uuid7 import uuid7

# The audit trail keeps codes; a text could hold what the record alone may say.
_CODE: Final = re.compile("[a-z][a-z0-9_]{2,79}")
_REFUSALS: Final = (parking.NothingParkedError, parking.GapComesFirstError)


class Desk:
    """What can be done about one service's parked keys."""

    def __init__(self, db: Database, handlers: Handlers) -> None:
        self._db = db
        self._consumer = handlers.service
        self._replay = Replay(db, Applier(handlers, PublishedLanguage()), handlers.service)

    async def list(self) -> int:
        """Every key that waits, the longest first."""
        async with self._db.transaction(None) as tx:
            keys = await parking.list_keys(tx, self._consumer)
        for one in keys:
            print(one.since.isoformat(), one.topic, one.key, one.reason, one.error, one.events)  # noqa: T201
        print(f"{len(keys)} keys wait")  # noqa: T201
        return 1 if keys else 0

    async def show(self, topic: str, key: str) -> int:
        """The events of a key that wait: sequence, type and why; never their content."""
        async with self._db.transaction(None) as tx:
            events = await parking.show(tx, self._consumer, topic, key)
        for one in events:
            print(one.parked_at.isoformat(), one.sequence, one.type, one.reason, one.error)  # noqa: T201
        return 1 if events else 0

    async def release(self, topic: str, key: str) -> int:
        """Replay the key in order until nothing waits or an event holds it again."""
        done = await self._replay.release(topic, key)
        held = f", held again: {done.held_by}" if done.held_by else ", the key is free"
        print(f"{done.replayed} replayed{held}")  # noqa: T201
        return 1 if done.held_by else 0

    async def set_aside(self, verb: str, topic: str, key: str, *, reason: str, actor: UUID) -> int:
        """Discard the first event, or accept the gap before it; then release what follows."""
        async with self._db.transaction(None) as tx:
            first = await parking.show(tx, self._consumer, topic, key, limit=1)
        network = _uuid(first[0].record.header("ce_network")) if first else None
        async with self._db.transaction(network) as tx:
            act = parking.discard if verb == "discard" else parking.accept_gap
            await act(tx, self._consumer, topic, key, reason=reason, actor=str(actor))
            audit.record(
                tx, _act(verb, topic, key, actor, network, tx.now), "allowed", reason=reason
            )
        return await self.release(topic, key)


def _act(
    verb: str, topic: str, key: str, actor: UUID, network: UUID | None, now: datetime
) -> audit.Act:
    caller = Caller(
        subject=actor,
        network_id=network,
        roles=frozenset({"ops_admin"}),
        sites=None,
        expires_at=now,
    )
    return audit.Act(
        action=f"parked.{verb.replace('-', '_')}",
        purpose="operations",
        resource=f"parked/{topic}/{key}",
        request_id=uuid7(),
        source_address=None,
        caller=caller,
    )


def _uuid(text: str | None) -> UUID | None:
    """The network a record names; None for one that names none, as an undecodable one may."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def code(text: str) -> str:
    """A reason as the audit trail keeps it. Raises ArgumentTypeError for a sentence."""
    if not _CODE.fullmatch(text):
        raise argparse.ArgumentTypeError("a code of a-z, 0-9 and _, no sentence")
    return text


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line. Exits 2 for one that says too little."""
    parser = argparse.ArgumentParser(prog="parked", description="Parked keys of one service.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list")
    for verb in ("show", "release", "discard", "accept-gap"):
        asked = verbs.add_parser(verb)
        asked.add_argument("topic")
        asked.add_argument("key")
        if verb in ("discard", "accept-gap"):
            asked.add_argument("--reason", required=True, type=code, help="why, as a code")
            asked.add_argument("--actor", required=True, type=UUID, help="who decided it")
    return parser.parse_args(arguments)


async def run(desk: Desk, asked: argparse.Namespace) -> int:
    """Do what was asked."""
    if asked.verb == "list":
        return await desk.list()
    if asked.verb == "show":
        return await desk.show(asked.topic, asked.key)
    if asked.verb == "release":
        return await desk.release(asked.topic, asked.key)
    try:
        return await desk.set_aside(
            asked.verb, asked.topic, asked.key, reason=asked.reason, actor=asked.actor
        )
    except _REFUSALS as refusal:
        print(refusal.slug, file=sys.stderr)  # noqa: T201
        return 1


async def main(arguments: list[str]) -> int:
    """Run a verb with the settings of the service whose image this is."""
    asked = parse(arguments)
    service = importlib.import_module(f"{os.environ['SERVICE']}.wiring").SERVICE
    settings = service.settings()
    url = settings.database_url.get_secret_value()
    db = await Database.connect(url, settings.make_clock(), size=1, name="kairos-operator")
    try:
        return await run(Desk(db, service.handlers), asked)
    finally:
        await db.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
