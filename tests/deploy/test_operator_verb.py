"""The command that the runbooks name, as an operator runs it: a process on a migrated database."""

import json
import os
import subprocess
import sys
from uuid import uuid4

import pytest
from kairos_chassis.bus import parked as stored
from kairos_chassis.bus.record import KafkaRecord
from kairos_chassis.clock import SystemClock
from kairos_chassis.db import Database
from kairos_chassis.testing.databases import Databases, ServiceDatabase

TOPIC = "intake.events"
ACTOR, SECOND = str(uuid4()), str(uuid4())


@pytest.fixture(scope="module")
async def database(databases: Databases) -> ServiceDatabase:
    return await databases.make("dosing")


def dosing(database: ServiceDatabase, *words: str) -> subprocess.CompletedProcess[str]:
    """`python -m dosing` with the settings that these verbs need."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("KAIROS_")}
    return subprocess.run(
        [sys.executable, "-m", "dosing", *words],
        env=kept
        | {
            "KAIROS_DATABASE_URL": database.runtime_url,
            "KAIROS_KAFKA_BOOTSTRAP": "127.0.0.1:1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


async def park(database: ServiceDatabase, key: str) -> None:
    """A record that nobody can read waits under this key."""
    db = await Database.connect(database.runtime_url, SystemClock(), size=1, name="test")
    record = KafkaRecord(
        topic=TOPIC,
        partition=0,
        offset=7,
        timestamp_ms=0,
        key=key.encode(),
        value=b"no json",
        headers=(("ce_type", b"intake.unheard_of.v1"),),
    )
    try:
        async with db.transaction(None) as tx:
            assert await stored.park(tx, "dosing", record, None, "undecodable", "EnvelopeError")
    finally:
        await db.close()


async def test_a_parked_key_from_the_list_to_its_end(database: ServiceDatabase) -> None:
    key = str(uuid4())
    await park(database, key)

    listed = dosing(database, "parked", "list", "--json")
    assert listed.returncode == 1
    assert [one["key"] for one in json.loads(listed.stdout)["keys"]] == [key]

    held = dosing(database, "parked", "release", TOPIC, key, "--json")
    assert held.returncode == 1
    assert json.loads(held.stdout)["held_by"] == "undecodable"  # logs go elsewhere
    assert "key_held" in held.stderr

    discard = ("parked", "discard", TOPIC, key, "--reason", "written_by_a_test", "--actor", ACTOR)
    alone = dosing(database, *discard, "--second-person", ACTOR)
    assert (alone.returncode, alone.stdout) == (3, "")
    assert "same_person" in alone.stderr

    done = dosing(database, *discard, "--second-person", SECOND)
    assert (done.returncode, done.stdout) == (0, "0 replayed, the key is free\n")
    assert dosing(database, "parked", "list").stdout == "0 keys wait\n"


def test_a_database_or_broker_that_is_away_is_said_in_words(database: ServiceDatabase) -> None:
    no_broker = dosing(database, "adopt-broker", "--json")
    assert no_broker.returncode == 4
    assert json.loads(no_broker.stdout)["refused"] == "unreachable"


def test_help_names_every_verb(database: ServiceDatabase) -> None:
    said = dosing(database, "--help").stdout
    assert all(verb in said for verb in ("serve", "work", "migrate", "parked", "adopt-broker"))
