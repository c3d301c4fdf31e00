"""An operator opens a service's database: the one way there is, and it is in the audit trail.

The row is written before anything is read, so that whoever cannot be recorded sees nothing; a
refusal gets one more. A verb that opens no database has nothing of a patient in its hands.
"""

import argparse
import getpass
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID, uuid5

from kairos_events.uuid7 import uuid7

from kairos_chassis import audit
from kairos_chassis.auth import Caller
from kairos_chassis.db import Database, Transaction
from kairos_chassis.edge import make_sealing
from kairos_chassis.settings import Settings

PURPOSE: Final = "operations"
_PEOPLE: Final = UUID("b3a7c0de-6a4e-5d0b-8f0e-0b9b1f6a2c11")
# They tell whether the trail is whole, and nothing that it says; an entry of theirs would move what
# they look at.
_OF_THE_SEAL: Final = {("audit", "verify"), ("audit", "anchor"), ("audit", "prove")}
_CODE: Final = re.compile("[a-z][a-z0-9_]{2,79}")


@asynccontextmanager
async def opened(
    service: str, settings: Settings, asked: argparse.Namespace, *, as_owner: bool = False
) -> AsyncIterator[Database]:
    """The database, for a verb that was asked for. What it reads is unsealed as the service does.

    `as_owner`: by the address of the tables' owner, which the caller has seen to be there.
    """
    url = settings.migration_database_url if as_owner else settings.database_url
    assert url is not None
    db = await Database.connect(
        url.get_secret_value(),
        settings.make_clock(),
        size=2,
        name=f"kairos-{service}-op",
        sealing=make_sealing(settings),
    )
    try:
        await keep(db, asked, "allowed")
        try:
            yield db
        except Exception as error:
            await keep(db, asked, "refused" if hasattr(error, "slug") else "failed", error)
            raise
    finally:
        await db.close()


async def keep(
    db: Database,
    asked: argparse.Namespace,
    outcome: audit.Outcome,
    error: Exception | None = None,
) -> None:
    """Who asks for what: by name if the verb takes one, else whoever runs the program."""
    if (asked.verb, getattr(asked, "act", None)) in _OF_THE_SEAL:
        return
    async with db.transaction(vars(asked).get("network")) as tx:
        said = vars(asked).get("reason")
        reason = said if isinstance(said, str) and _CODE.fullmatch(said) else None
        slug = None if error is None else str(getattr(error, "slug", type(error).__name__))
        patient = vars(asked).get("patient")
        audit.record(tx, act_of(tx, asked), outcome, patient_id=patient, reason=slug or reason)


def act_of(tx: Transaction, asked: argparse.Namespace) -> audit.Act:
    """What an operator does, for a row of its own about one patient of many."""
    words = vars(asked)
    caller = Caller(
        subject=words.get("actor") or words.get("by") or whoever_runs_this(),
        network_id=tx.network_id,
        roles=frozenset({"operator"}),
        sites=None,
        expires_at=tx.now,
    )
    return audit.Act(
        action=action_of(asked),
        purpose=PURPOSE,
        resource=_resource(words),
        request_id=uuid7(),
        source_address=None,
        caller=caller,
    )


def action_of(asked: argparse.Namespace) -> str:
    """`operator.parked.release`."""
    act = getattr(asked, "act", None)
    verb = asked.verb.replace("-", "_")
    return f"operator.{verb}" + (f".{act.replace('-', '_')}" if act else "")


def whoever_runs_this() -> UUID:
    """An id of the account that runs the program on this machine: always the same for it."""
    return uuid5(_PEOPLE, f"{getpass.getuser()}@{socket.gethostname()}")


def _resource(words: dict[str, Any]) -> str:
    """What it is about: topics, keys and ids; never a path or a text."""
    named = [
        words[name] for name in ("topic", "key", "code", "version", "entry") if words.get(name)
    ]
    return "/".join(["operator", str(words["verb"]), *(str(one) for one in named)])
