"""Operators, handlers and timers leave entries: who, for whom, and what caused it."""

import argparse
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from kairos_chassis import outbox, service_acts, timers
from kairos_chassis.db import Database, Transaction
from kairos_chassis.errors import Kind
from kairos_chassis.operations.opening import opened, whoever_runs_this
from kairos_chassis.settings import Settings
from kairos_chassis.timers import Due, Timers, run_due
from kairos_events.envelope import Envelope, decode, encode
from kairos_events.uuid7 import uuid7
from kairos_events.wire_types import name_of, with_actor
from sqlalchemy.engine import make_url

SCHEMA = "urn:kairos:schema:test.done.v1:0"


class NotNow(Exception):
    """It is not the time for it."""

    slug = "not_now"
    kind = Kind.CONFLICT


def asked(**words: Any) -> argparse.Namespace:
    return argparse.Namespace(**{"verb": "patient-keys", "act": "erased", **words})


async def entries(admin_url: str, database_url: str, network: UUID | None) -> list[dict[str, Any]]:
    url = make_url(admin_url).set(database=make_url(database_url).database)
    admin = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        rows = await admin.fetch(
            "SELECT * FROM audit_entry WHERE network_id IS NOT DISTINCT FROM $1 ORDER BY id",
            network,
        )
        return [dict(row) for row in rows]
    finally:
        await admin.close()


async def test_verb_is_in_the_trail_before_it_reads_and_again_if_it_is_refused(
    chassis_database: str, postgres_admin_url: str
) -> None:
    settings = Settings(database_url=chassis_database)
    network, somebody = uuid4(), uuid4()
    async with opened("test", settings, asked(network=network, patient=somebody)):
        (before,) = await entries(postgres_admin_url, chassis_database, network)
    assert (before["action"], before["outcome"]) == ("operator.patient_keys.erased", "allowed")
    assert (before["actor"], before["patient_id"]) == (whoever_runs_this(), somebody)

    decider = uuid4()
    words = asked(network=network, actor=decider, reason="a sentence is no code")
    with pytest.raises(NotNow):
        async with opened("test", settings, words):
            raise NotNow
    *_, begun, refused = await entries(postgres_admin_url, chassis_database, network)
    assert (begun["actor"], begun["reason"]) == (decider, None)
    assert (refused["outcome"], refused["reason"]) == ("refused", "not_now")


async def test_verb_that_cannot_be_recorded_sees_nothing(
    chassis_database: str, postgres_admin_url: str
) -> None:
    """The twin: an owner's table that takes no entry keeps the verb out."""
    url = make_url(postgres_admin_url).set(database=make_url(chassis_database).database)
    admin = await asyncpg.connect(url.render_as_string(hide_password=False))
    runtime = make_url(chassis_database).username
    await admin.execute(f"REVOKE INSERT ON audit_entry FROM {runtime}")
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with opened("test", Settings(database_url=chassis_database), asked()):
                raise AssertionError("it was let in")
    finally:
        await admin.execute(f"GRANT INSERT ON audit_entry TO {runtime}")
        await admin.close()


def envelope(network: UUID, actor: UUID | None) -> Envelope:
    return Envelope(
        id=uuid7(),
        type="test.done.v1",
        source="urn:kairos:test",
        time=_noon(),
        subject="x",
        dataschema=with_actor(SCHEMA, actor),
        network=network,
        sequence=1,
        key="x",
        data=b"{}",
    )


def _noon() -> Any:
    from .conftest import NOON

    return NOON


async def test_handler_acts_as_its_service_for_whoever_caused_the_event(
    db: Database, chassis_database: str, postgres_admin_url: str
) -> None:
    network, user, patient = uuid4(), uuid4(), uuid4()
    sent = encode(envelope(network, user))
    assert dict(sent.headers)["ce_actor"] == str(user).encode()
    assert dict(sent.headers)["ce_dataschema"] == SCHEMA.encode()
    arrived = decode(b"x", sent.value, sent.headers)
    assert (arrived.actor, name_of(arrived.dataschema)) == (user, SCHEMA)

    async def handler(tx: Transaction) -> None:
        tx.about(patient)

    async with db.transaction(network) as tx:
        await service_acts.of_event(tx, "test", arrived, handler(tx))
        assert tx.actor == user  # and so do the events that it announces in turn
        service_acts.event_refused(tx, "test", arrived, "not_now")
    done, refused = await entries(postgres_admin_url, chassis_database, network)
    assert (done["actor"], done["acting_for"]) == (service_acts.identity_of("test"), user)
    assert (done["action"], done["request_id"]) == ("event.test.done.v1", arrived.id)
    assert (done["patient_id"], done["outcome"]) == (patient, "allowed")
    assert (refused["outcome"], refused["reason"]) == ("refused", "not_now")


@pytest.mark.parametrize("spoilt", [None, b"nobody", b"\xff"])
def test_event_without_a_known_user_is_an_event_all_the_same(spoilt: bytes | None) -> None:
    sent = encode(envelope(uuid4(), None))
    assert "ce_actor" not in dict(sent.headers)
    headers = sent.headers if spoilt is None else [*sent.headers, ("ce_actor", spoilt)]
    assert decode(b"x", sent.value, headers).actor is None


async def test_user_of_a_transaction_is_in_the_events_it_announces(db: Database) -> None:
    tx = Transaction(None, uuid4(), _noon(), lambda: None, lambda: None)  # type: ignore[arg-type]
    tx.actor = uuid4()

    class Done:
        type, key, dataschema, topic = "test.done.v1", "x", SCHEMA, "test.events"

        def to_json(self) -> bytes:
            return b"{}"

    row = outbox._row(tx, "test.events", "x", [Done()], {})  # type: ignore[list-item]
    assert row["schemas"] == [with_actor(SCHEMA, tx.actor)]


async def test_timer_acts_as_its_service(
    db: Database, chassis_database: str, postgres_admin_url: str
) -> None:
    network, subject = uuid4(), uuid4()
    due = Timers("test")

    @due.on("test.reminder")
    async def remind(_due: Due, _tx: Transaction) -> None:
        return None

    async with db.transaction(network) as tx:
        timers.schedule(tx, "test.reminder", subject, tx.now - timedelta(minutes=1))
    assert await run_due(db, due) == 1
    (entry,) = await entries(postgres_admin_url, chassis_database, network)
    assert (entry["action"], entry["request_id"]) == ("timer.test.reminder", subject)
    assert entry["actor"] == service_acts.identity_of("test")
