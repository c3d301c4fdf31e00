"""What an operator does about parked keys: nothing is set aside by one person, or unaudited."""

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from kairos_chassis.bus import parked as stored
from kairos_chassis.bus.applying import Applier
from kairos_chassis.bus.operator import (
    Decision,
    NoGapError,
    Operator,
    Released,
    SamePersonError,
)
from kairos_chassis.bus.parking import GapComesFirstError, Missing
from kairos_chassis.bus.record import KafkaRecord
from kairos_chassis.bus.replay import Replay
from kairos_chassis.operations import run as verb
from kairos_chassis.operations.words import code, make_parser
from kairos_chassis.testing.bus_station import NETWORK, OneTopic, Station, counted
from kairos_events.envelope import Envelope, decode, encode
from kairos_events.uuid7 import uuid7

ACTOR = UUID("00000000-0000-4000-8000-00000000000a")
SECOND = UUID("00000000-0000-4000-8000-00000000000b")
DECISION = Decision(reason="recorded_by_hand", actor=ACTOR, second_person=SECOND)
ONE_PERSON = replace(DECISION, second_person=ACTOR)
PEOPLE = ["--actor", str(ACTOR), "--second-person", str(SECOND)]


@pytest.fixture
def operator(station: Station) -> Operator:
    applier = Applier(station.handlers, OneTopic(station.topic))
    consumer = station.handlers.service
    return Operator(station.db, consumer, Replay(station.db, applier, consumer))


async def park(station: Station, key: str, sequence: int, reason: str = "gap") -> None:
    """The counting event with this sequence waits under the key."""
    event = counted(station.topic, UUID(key), sequence)
    sent = encode(
        Envelope(
            id=uuid7(),
            type=event.type,
            source=event.source,
            time=datetime.now(UTC),
            subject=key,
            dataschema=event.dataschema,
            network=NETWORK,
            sequence=sequence,
            data=event.to_json(),
            key=key,
        )
    )
    record = KafkaRecord(
        topic=station.topic,
        partition=0,
        offset=sequence,
        timestamp_ms=0,
        key=sent.key,
        value=sent.value,
        headers=tuple(sent.headers),
    )
    envelope = decode(record.key, record.value, record.headers)
    async with station.db.transaction(None) as tx:
        consumer = station.handlers.service
        assert await stored.park(tx, consumer, record, envelope, reason, None)


async def audited(station: Station) -> list[tuple[Any, ...]]:
    """What operators did; that the service handled an event is an entry of its own."""
    async with station.db.transaction(NETWORK) as tx:
        rows = await tx.connection.fetch(
            "select actor, action, reason, resource, actor_roles from audit_entry"
            " where action not like 'event.%' order by id"
        )
    return [tuple(row) for row in rows]


async def asked(operator: Operator, *words: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, document and lines of `parked` with these words."""
    told = make_parser("busbench", "A test").parse_args(["parked", *words])
    answer = await verb.answer_about_keys(operator, told)
    return answer.code, answer.document, "\n".join(answer.lines)


# --- setting aside ----------------------------------------------------------------------------


async def test_discard_frees_the_key_and_is_audited_under_both_names(
    station: Station, operator: Operator
) -> None:
    key = str(uuid4())
    await park(station, key, 1, "failed")

    done = await operator.discard(station.topic, key, DECISION)

    assert done == Released(replayed=0, held_by=None, missing=None)
    assert await operator.keys() == []
    assert await station.effects(UUID(key)) == []
    kept = await station.rows("select discarded_by, discard_reason from parked_event")
    assert [tuple(row) for row in kept] == [(f"{ACTOR} {SECOND}", "recorded_by_hand")]
    where = ("recorded_by_hand", f"parked/{station.topic}/{key}")
    assert await audited(station) == [
        (ACTOR, "parked.discard", *where, ["ops_admin"]),
        (SECOND, "parked.discard.second_person", *where, []),
    ]


async def test_both_names_stand_under_one_request(station: Station, operator: Operator) -> None:
    key = str(uuid4())
    await park(station, key, 1, "failed")
    await operator.discard(station.topic, key, DECISION)
    async with station.db.transaction(NETWORK) as tx:
        requests = "select count(*), count(distinct request_id) from audit_entry"
        assert tuple(await tx.connection.fetchrow(requests) or ()) == (2, 1)


@pytest.mark.parametrize("act", ["discard", "accept_gap"])
async def test_one_person_alone_is_refused_and_changes_nothing(
    station: Station, operator: Operator, act: str
) -> None:
    key = str(uuid4())
    await park(station, key, 2 if act == "accept_gap" else 1)
    set_aside: Callable[..., Any] = getattr(operator, act)

    with pytest.raises(SamePersonError):
        await set_aside(station.topic, key, ONE_PERSON)

    assert [one.events for one in await operator.keys()] == [1]
    assert await audited(station) == []
    # The twin: two people, and it is done.
    assert (await set_aside(station.topic, key, DECISION)).held_by is None
    assert len(await audited(station)) == 2


async def test_what_waits_behind_a_discarded_event_is_released(
    station: Station, operator: Operator
) -> None:
    key = str(uuid4())
    await park(station, key, 1, "failed")
    await park(station, key, 2, "failed")

    assert (await operator.discard(station.topic, key, DECISION)).replayed == 1
    assert await station.effects(UUID(key)) == [2]


async def test_accepted_gap_is_audited_and_lets_the_key_go_on(
    station: Station, operator: Operator
) -> None:
    key = str(uuid4())
    await park(station, key, 3)

    with pytest.raises(GapComesFirstError):
        await operator.discard(station.topic, key, DECISION)
    assert await audited(station) == []

    done = await operator.accept_gap(station.topic, key, DECISION)
    assert done == Released(replayed=1, held_by=None, missing=None)
    actions = [row[1] for row in await audited(station)]
    assert actions == ["parked.accept_gap", "parked.accept_gap.second_person"]


async def test_gap_that_is_none_is_refused_and_leaves_no_audit_row(
    station: Station, operator: Operator
) -> None:
    key = str(uuid4())
    await park(station, key, 1, "failed")

    with pytest.raises(NoGapError):
        await operator.accept_gap(station.topic, key, DECISION)

    assert await audited(station) == []


# --- seeing and releasing ---------------------------------------------------------------------


async def test_release_of_a_gap_says_what_it_waits_for(
    station: Station, operator: Operator
) -> None:
    key = str(uuid4())
    await park(station, key, 4)

    held = await operator.release(station.topic, key)
    assert held == Released(replayed=0, held_by="gap", missing=Missing(first=1, last=3))

    code_, document, lines = await asked(operator, "release", station.topic, key)
    assert (code_, document["missing"]) == (1, {"first": 1, "last": 3})
    assert "waits for sequences 1 to 3" in lines

    # The twin: nothing is missing, and nothing is said to be.
    free = str(uuid4())
    await park(station, free, 1, "failed")
    code_, document, lines = await asked(operator, "release", station.topic, free)
    assert (code_, document) == (0, {"replayed": 1, "held_by": None, "missing": None})
    assert lines == "1 replayed, the key is free"


async def test_key_that_fails_again_is_held_without_a_gap(
    station: Station, operator: Operator
) -> None:
    key = str(uuid4())
    await park(station, key, 1, "failed")

    async def refuse(_key: UUID, _number: int) -> None:
        raise ValueError("text that must not be stored")

    station.before = refuse
    held = await operator.release(station.topic, key)
    assert held == Released(replayed=0, held_by="failed", missing=None)


@pytest.mark.parametrize("act", ["show", "release", "discard", "accept-gap"])
async def test_unknown_key_is_refused_and_leaves_no_trace(
    station: Station, operator: Operator, act: str
) -> None:
    words = ["--reason", "no_such", *PEOPLE] if act in ("discard", "accept-gap") else []
    told = await asked(operator, act, station.topic, "nobody", *words)
    assert (told[0], told[1]["refused"]) == (verb.REFUSED, "nothing_parked")
    assert await audited(station) == []
    assert await station.rows("select from inbox_position") == []

    # The twin: a key that waits is not refused so.
    key = str(uuid4())
    await park(station, key, 2)
    told = await asked(operator, act, station.topic, key, *words)
    assert told[1].get("refused") != "nothing_parked"


async def test_list_and_show_tell_the_same_to_programs_and_people(
    station: Station, operator: Operator
) -> None:
    assert await asked(operator, "list") == (0, {"keys": []}, "0 keys wait")
    key = str(uuid4())
    await park(station, key, 3)

    code_, document, lines = await asked(operator, "list")
    assert (code_, [one["key"] for one in document["keys"]]) == (1, [key])
    heading, row, end = lines.splitlines()
    assert heading.startswith("waits since")
    assert key in row
    assert end == "1 keys wait"

    code_, document, lines = await asked(operator, "show", station.topic, key)
    assert (code_, document["missing"]) == (0, {"first": 1, "last": 2})
    assert document["events"][0]["sequence"] == 3
    assert document["events"][0].keys() == {"parked_at", "sequence", "type", "reason", "error"}
    assert "counter_id" not in lines + json.dumps(document, default=str)  # no content of the event


# --- the words --------------------------------------------------------------------------------

AT = ["parked", "discard", "intake.events", "key"]


@pytest.mark.parametrize(
    "words",
    [
        AT,
        [*AT, "--reason", "a_code"],
        [*AT, "--reason", "a_code", "--actor", str(ACTOR)],
        [*AT, "--reason", "Dana said so", *PEOPLE],
        [*AT, "--reason", "a_code", "--actor", "Dana", "--second-person", str(SECOND)],
        ["parked"],
        ["parked", "forget", "intake.events", "key"],
        ["stop"],
        [],
    ],
)
def test_words_that_say_too_little_are_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        make_parser("busbench", "A test").parse_args(words)


@pytest.mark.parametrize(
    "words",
    [
        [*AT, "--reason", "a_code", *PEOPLE],
        ["parked", "list", "--json"],
        ["adopt-broker", "--cluster-id", "x", "--yes"],
        ["serve"],
        ["work"],
        ["migrate"],
    ],
)
def test_words_that_say_enough_are_taken(words: list[str]) -> None:
    assert make_parser("busbench", "A test").parse_args(words).verb == words[0]


def test_a_code_is_taken_and_a_sentence_is_not() -> None:
    assert code("entered_by_hand") == "entered_by_hand"
    with pytest.raises(argparse.ArgumentTypeError):
        code("entered by hand")
