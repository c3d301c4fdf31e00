"""The verb `replay` says who and why before it does anything, and refuses what it must not do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from kairos_chassis.bus.rebuild import Rebuilt
from kairos_chassis.clock import SystemClock
from kairos_chassis.db import Database
from kairos_chassis.operations import replaying
from kairos_chassis.operations.words import make_parser
from kairos_chassis.settings import Settings
from kairos_chassis.testing.bus_station import Station

ACTOR = str(uuid4())


def settings(station: Station, *, owner: bool = True) -> Settings:
    return Settings(
        database_url=station.url,
        migration_database_url=station.owner_url if owner else None,
        kafka_bootstrap=station.settings.bootstrap,
    )


async def answer(station: Station, *words: str, owner: bool = True) -> None:
    asked = make_parser("busbench", "A test").parse_args(["replay", *words])
    await replaying.answer_about_replay(station.handlers, settings(station, owner=owner), asked)


@pytest.mark.parametrize(
    ("words", "owner", "refusal"),
    [
        (("topic", "a.events"), False, replaying.OwnerMissingError),
        (("topic", "a.events", "--yes"), True, replaying.WhoAndWhyError),
        (("topic", "a.events"), True, replaying.NotOursError),
    ],
)
async def test_replay_is_refused(
    station: Station, words: tuple[str, ...], owner: bool, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await answer(station, *words, owner=owner)


def test_reason_is_a_code_and_an_instant_has_its_offset() -> None:
    parser = make_parser("busbench", "A test")
    for words in (
        ["replay", "topic", "t", "--reason", "Because I say so"],
        ["replay", "read-model", "t", "--since", "2027-03-01T00:00:00"],
    ):
        with pytest.raises(SystemExit):
            parser.parse_args(words)


@asynccontextmanager
async def owner_of(station: Station) -> AsyncIterator[Database]:
    db = await Database.connect(station.owner_url, SystemClock(), size=1, name="owner")
    try:
        yield db
    finally:
        await db.close()


async def test_who_and_why_are_in_the_audit_trail(station: Station) -> None:
    words = ["replay", "topic", "a.events", "--yes", "--actor", ACTOR, "--reason", "broker_wiped"]
    asked = make_parser("busbench", "A test").parse_args(words)

    async with owner_of(station) as db:
        await replaying._record(db, asked, "topic/a.events")

    [row] = await station.rows("select action, resource, actor, reason from audit_entry")
    assert (row["action"], row["resource"]) == ("replay.topic", "topic/a.events")
    assert (str(row["actor"]), row["reason"]) == (ACTOR, "broker_wiped")


def test_dry_run_and_what_was_left_are_told_by_the_exit_code() -> None:
    assert replaying.of_rebuilt(Rebuilt(keys=2), kept=False).code == 1
    assert replaying.of_rebuilt(Rebuilt(keys=2), kept=True).code == 0
    assert replaying.of_rebuilt(Rebuilt(keys=2, incomplete=1), kept=True).code == 1
