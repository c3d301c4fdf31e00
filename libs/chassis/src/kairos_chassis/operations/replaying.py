"""The verb `replay`: rebuild a read model from the bus, or an emptied topic from the outbox.

Without --yes it only finds out what would happen. With it, it says who and why, for the audit.
"""

import argparse
import sys
import time
from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID

from kairos_events.uuid7 import uuid7

from kairos_chassis import audit
from kairos_chassis.auth import Caller
from kairos_chassis.bus import rebuild, republish
from kairos_chassis.bus.catalogue import PublishedLanguage
from kairos_chassis.bus.history import history_of
from kairos_chassis.bus.rebuild import Rebuild, Rebuilt, Scope
from kairos_chassis.bus.republish import Refill
from kairos_chassis.db import Database
from kairos_chassis.errors import Kind
from kairos_chassis.handlers import Handlers
from kairos_chassis.operations.answers import Answer
from kairos_chassis.operations.codes import code
from kairos_chassis.operations.opening import opened
from kairos_chassis.settings import Settings

EVERY_SECONDS: Final = 1.0
REFUSALS: Final = (
    rebuild.NothingToRebuildError,
    rebuild.SeveralTopicsError,
    rebuild.AnnouncesError,
    republish.NotEmptyError,
)


class OwnerMissingError(Exception):
    """A replay runs as the owner of the tables: set KAIROS_MIGRATION_DATABASE_URL."""

    slug = "owner_missing"
    kind = Kind.INVALID


class WhoAndWhyError(Exception):
    """With --yes, say who and why: --actor and --reason."""

    slug = "who_and_why"
    kind = Kind.INVALID


class NotOursError(Exception):
    """This service does not own that topic."""

    slug = "not_our_topic"
    kind = Kind.INVALID


def add_words(replay: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """What the verb wants to be told. Returns the parsers of its two acts."""
    acts = replay.add_subparsers(dest="act", required=True, metavar="WHAT")
    model = acts.add_parser("read-model", help="make the rows kept of a topic's events anew")
    model.add_argument("topic")
    model.add_argument("--key", help="one key alone: a patient, as a rule")
    model.add_argument("--since", type=_instant, help="only keys with an event since this instant")
    topic = acts.add_parser("topic", help="send an emptied topic's events again, from the outbox")
    topic.add_argument("topic")
    topic.add_argument("--although-used", action="store_true", help="the topic is not empty")
    for act in (model, topic):
        act.add_argument("--yes", action="store_true", help="do it; without, only show")
        act.add_argument("--actor", type=UUID, help="who decided it")
        act.add_argument("--reason", type=code, help="why, as a code")
    return [model, topic]


async def answer_about_replay(
    handlers: Handlers, settings: Settings, asked: argparse.Namespace
) -> Answer:
    """What the verb answers. Raises one of REFUSALS, OwnerMissingError, WhoAndWhyError."""
    if settings.migration_database_url is None:
        raise OwnerMissingError
    if asked.yes and (asked.actor is None or asked.reason is None):
        raise WhoAndWhyError
    owner_url = settings.migration_database_url.get_secret_value()
    async with opened(handlers.service, settings, asked, as_owner=True) as db:
        if asked.act == "topic":
            return await _topic(db, handlers, settings.kafka_bootstrap, asked)
        return await _read_model(db, handlers, settings.kafka_bootstrap, owner_url, asked)


async def _read_model(
    db: Database, handlers: Handlers, bootstrap: str, owner_url: str, asked: argparse.Namespace
) -> Answer:
    scope = Scope(topic=asked.topic, key=asked.key, since=asked.since)
    job = Rebuild(db, handlers, PublishedLanguage(), scope)
    if asked.yes:
        resource = f"read_model/{asked.topic}"
        await _record(db, asked, f"{resource}/{asked.key}" if asked.key else resource)
    async with history_of(bootstrap, owner_url, asked.topic) as history:
        done = await job.run(history, _Told(), keep=asked.yes)
    return of_rebuilt(done, kept=asked.yes)


async def _topic(
    db: Database, handlers: Handlers, bootstrap: str, asked: argparse.Namespace
) -> Answer:
    if asked.topic not in PublishedLanguage().topics_of(handlers.service):
        raise NotOursError
    offer = await republish.look(db, bootstrap, asked.topic)
    if asked.yes:
        await _record(db, asked, f"topic/{asked.topic}")
        await republish.refill(db, offer, although_used=asked.although_used)
        total, told = offer.events + offer.archived_events, _Told()
        await republish.sent(db, asked.topic, lambda left: told("sent", total - left, total))
    return of_refill(offer, done=asked.yes)


def of_rebuilt(done: Rebuilt, *, kept: bool) -> Answer:
    """What a rebuild did or would do. Exit code 1 for a dry run, and for keys left as they are."""
    verb = "changed" if kept else "would change"
    lines = [
        f"tables     {', '.join(done.tables)}",
        f"not run    {', '.join(done.skipped) or '-'}",
        f"{done.keys} keys rebuilt from {done.events} events, {done.changed} {verb}",
    ]
    if done.incomplete:
        lines.append(f"{done.incomplete} keys left as they are: their history is not whole")
    if not kept:
        lines.append("nothing was kept: add --yes --actor ID --reason CODE")
    return Answer(
        document=asdict(done) | {"kept": kept},
        lines=lines,
        code=0 if kept and not done.incomplete else 1,
    )


def of_refill(offer: Refill, *, done: bool) -> Answer:
    """What filling a topic means. Exit code 1 while it waits for a confirmation."""
    total = offer.events + offer.archived_events
    state = "empty" if offer.empty else "not empty"
    lines = [
        f"{offer.topic} is {state}",
        f"{total} events, {offer.archived_events} of them from the archive"
        f" ({len(offer.archived_days)} days)",
        "sent again" if done else "nothing was done: add --yes --actor ID --reason CODE",
    ]
    return Answer(document=asdict(offer) | {"done": done}, lines=lines, code=0 if done else 1)


class _Told:
    """Says on standard error how far it is, once a second."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last >= EVERY_SECONDS or done == total:
            self._last = now
            sys.stderr.write(f"{what} {done} of {total}\n")


async def _record(db: Database, asked: argparse.Namespace, resource: str) -> None:
    """Who and why, before anything is done. The network is none: a replay concerns several."""
    async with db.transaction(None) as tx:
        caller = Caller(
            subject=asked.actor,
            network_id=None,
            roles=frozenset({"ops_admin"}),
            sites=None,
            expires_at=tx.now,
        )
        act = audit.Act(
            action=f"replay.{asked.act.replace('-', '_')}",
            purpose="operations",
            resource=resource
            if asked.act == "topic" or not asked.key
            else f"{resource}/{asked.key}",
            request_id=uuid7(),
            source_address=None,
            caller=caller,
        )
        audit.record(tx, act, "allowed", reason=asked.reason)


def _instant(text: str) -> datetime:
    """An instant with an offset. Raises ArgumentTypeError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("an instant such as 2027-03-01T00:00:00Z") from None
    if found.utcoffset() is None:
        raise argparse.ArgumentTypeError("an instant with its offset: 2027-03-01T00:00:00Z")
    return found
