"""The operator's command for parked keys, on a service's real database."""

import argparse
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest
from dosing.wiring import SERVICE
from kairos_chassis.bus import parked as stored
from kairos_chassis.bus.record import KafkaRecord
from kairos_chassis.clock import SystemClock
from kairos_chassis.db import Database
from kairos_chassis.testing.databases import Databases

from .scripts import load

TOPIC = "intake.events"
ACTOR = UUID("00000000-0000-4000-8000-00000000000a")
NETWORK = UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture
async def db(databases: Databases) -> AsyncIterator[Database]:
    made = await databases.make("dosing")
    db = await Database.connect(made.runtime_url, SystemClock(), size=2, name="test")
    yield db
    await db.close()


@pytest.fixture
def parked() -> ModuleType:
    return load("docker/parked.py")


async def park(db: Database, key: str) -> None:
    """A record that nobody can read waits under this key."""
    headers = (("ce_network", str(NETWORK).encode()), ("ce_type", b"intake.unheard_of.v1"))
    record = KafkaRecord(
        topic=TOPIC,
        partition=0,
        offset=7,
        timestamp_ms=0,
        key=key.encode(),
        value=b"no json",
        headers=headers,
    )
    async with db.transaction(None) as tx:
        assert await stored.park(tx, "dosing", record, None, "undecodable", "EnvelopeError")


async def row(db: Database, network: UUID | None, sql: str) -> Any:
    async with db.transaction(network) as tx:
        return await tx.connection.fetchrow(sql)


async def test_discard_frees_the_key_and_is_audited_under_the_deciders_name(
    db: Database, parked: ModuleType
) -> None:
    key = str(uuid4())
    await park(db, key)
    desk = parked.Desk(db, SERVICE.handlers)
    assert await desk.list() == 1
    assert await desk.set_aside("discard", TOPIC, key, reason="written_by_a_test", actor=ACTOR) == 0
    assert await desk.list() == 0
    kept = await row(db, None, "select discarded_by, discard_reason from parked_event")
    assert tuple(kept) == (str(ACTOR), "written_by_a_test")
    audit = await row(db, NETWORK, "select action, actor, reason, resource from audit_entry")
    written = ("parked.discard", ACTOR, "written_by_a_test", f"parked/{TOPIC}/{key}")
    assert tuple(audit) == written


async def test_release_holds_what_still_cannot_be_read(db: Database, parked: ModuleType) -> None:
    key = str(uuid4())
    await park(db, key)
    desk = parked.Desk(db, SERVICE.handlers)
    assert await desk.release(TOPIC, key) == 1
    assert await desk.show(TOPIC, key) == 1


async def test_a_key_that_does_not_wait_is_refused_and_leaves_no_audit_row(
    db: Database, parked: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["discard", TOPIC, "nobody", "--reason", "no_such", "--actor", str(ACTOR)]
    assert await parked.run(parked.Desk(db, SERVICE.handlers), parked.parse(words)) == 1
    assert "nothing_parked" in capsys.readouterr().err
    assert await row(db, None, "select count(*) from audit_entry") == (0,)


@pytest.mark.parametrize(
    "words",
    [
        ["discard", TOPIC, "key"],
        ["discard", TOPIC, "key", "--reason", "a_code"],
        ["accept-gap", TOPIC, "key", "--reason", "Dana said so", "--actor", str(ACTOR)],
    ],
)
def test_setting_aside_needs_a_code_and_a_name(words: list[str], parked: ModuleType) -> None:
    with pytest.raises(SystemExit):
        parked.parse(words)


def test_a_code_is_taken_and_a_sentence_is_not(parked: ModuleType) -> None:
    assert parked.code("entered_by_hand") == "entered_by_hand"
    with pytest.raises(argparse.ArgumentTypeError):
        parked.code("entered by hand")
