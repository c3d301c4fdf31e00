"""A new broker is adopted only when somebody names the one that answers, and confirms it."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from kairos_chassis.bus import incarnation
from kairos_chassis.bus.adoption import look
from kairos_chassis.bus.broker import BusSettings, BusUnavailableError, ClusterWatch
from kairos_chassis.operations import run as verb
from kairos_chassis.operations.words import make_parser
from kairos_chassis.testing.bus_station import Station


async def asked(station: Station, *words: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, document and lines of `adopt-broker` with these words."""
    told = make_parser("busbench", "A test").parse_args(["adopt-broker", *words])
    answer = await verb.answer_about_broker(station.db, ClusterWatch(station.settings), told)
    return answer.code, answer.document, "\n".join(answer.lines)


async def unpublished(station: Station) -> int:
    return len(await station.rows("select from outbox where published_at is null"))


@pytest.fixture
async def moved(station: Station) -> Station:
    """A station whose two events were published to a broker that is no more."""
    await station.publish(uuid4(), 1, 2)
    async with station.db.transaction(None) as tx:
        await tx.connection.execute("update outbox set published_at = $1", tx.now)
    await incarnation.recognise(station.db, "the-one-before")
    return station


async def test_without_confirmation_it_only_shows_what_it_would_do(moved: Station) -> None:
    code, document, lines = await asked(moved)

    answering = document["answering"]
    assert (code, document["known"], document["events"]) == (1, "the-one-before", 2)
    assert f"adopt-broker --cluster-id {answering} --yes" in lines
    assert (await asked(moved, "--cluster-id", answering))[1]["adopted"] is False
    assert await unpublished(moved) == 0


async def test_confirmed_every_event_is_to_be_published_anew(moved: Station) -> None:
    answering = (await asked(moved))[1]["answering"]

    code, document, _ = await asked(moved, "--cluster-id", answering, "--yes")

    assert (code, document["adopted"], document["needed"]) == (0, True, False)
    assert await unpublished(moved) == 2
    assert (await incarnation.standing(moved.db)).cluster_id == answering


async def test_another_cluster_than_the_one_that_answers_is_refused(moved: Station) -> None:
    code, document, _ = await asked(moved, "--cluster-id", "the-one-before", "--yes")

    assert (code, document["refused"]) == (verb.REFUSED, "another_cluster")
    assert await unpublished(moved) == 0


async def test_known_and_first_clusters_are_not_adopted(station: Station) -> None:
    first = (await asked(station))[1]
    assert (first["known"], first["needed"]) == (None, False)
    words = ("--cluster-id", first["answering"], "--yes")
    assert (await asked(station, *words))[1]["refused"] == "nothing_to_adopt"

    await incarnation.recognise(station.db, first["answering"])
    assert (await asked(station))[0] == 0
    assert (await asked(station, *words))[1]["refused"] == "nothing_to_adopt"


async def test_silent_broker_is_no_answer(station: Station, bus_settings: BusSettings) -> None:
    nobody = ClusterWatch(replace(bus_settings, bootstrap="127.0.0.1:1"))
    with pytest.raises(BusUnavailableError):
        await look(station.db, nobody)
