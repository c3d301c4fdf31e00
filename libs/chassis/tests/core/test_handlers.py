"""A fact that is told in two versions has its effect once, whichever of them a service reads."""

from typing import Any
from uuid import UUID

import pytest
from kairos_chassis.handlers import Handlers
from kairos_events.contract_files import packaged
from kairos_events.dosing import SessionAbortedV1, SessionAbortedV2
from kairos_events.envelope import Envelope
from kairos_events.model import PublicEvent, Reader
from kairos_events.publishing import envelope_of

from .conftest import NOON

V1, V2 = SessionAbortedV1.type, SessionAbortedV2.type
FACT = SessionAbortedV2.model_validate_json(packaged().samples(V2)[f"{V2}.json"])
NETWORK = UUID("0197a3c0-0000-7000-8000-0000000000ff")


class ReadsV1(Reader, type=V1):
    session_id: UUID


class ReadsV2(Reader, type=V2):
    session_id: UUID
    cause: str


class ReadsBoth(Reader, type=V2, since=1):
    session_id: UUID
    cause: str


def sent(event: PublicEvent) -> Envelope:
    return envelope_of(event, network=NETWORK, sequence=1, time=NOON)


def told_before_version_2() -> Envelope:
    """What an older release published: version 1 alone."""
    envelope = sent(FACT.as_previous())
    fields = {name: getattr(envelope, name) for name in Envelope.__slots__}
    return Envelope(**fields | {"dataschema": envelope.dataschema.partition("?")[0]})


async def effects(reader: type[Reader], *envelopes: Envelope) -> list[Any]:
    """What a service with one handler makes of these events, as its consumer runs it."""
    handlers, seen = Handlers("intake"), []

    @handlers.on(reader)
    async def handle(event: Any, _envelope: Envelope, _tx: Any) -> None:
        seen.append(event)

    for envelope in envelopes:
        subscription = handlers.find(envelope.type)
        if subscription is not None:
            event = subscription.reader.from_json(envelope.data)
            await subscription.handler(event, envelope, None)  # type: ignore[arg-type]
    return seen


@pytest.mark.parametrize("reader", [ReadsV1, ReadsV2, ReadsBoth])
@pytest.mark.parametrize("newest_first", [True, False])
async def test_a_fact_told_in_two_versions_has_its_effect_once(
    reader: type[Reader], newest_first: bool
) -> None:
    records = FACT.records() if newest_first else reversed(FACT.records())

    [seen] = await effects(reader, *(sent(event) for event in records))

    assert type(seen) is reader
    assert seen.session_id == FACT.session_id


async def test_what_was_told_before_the_newer_version_is_upcast() -> None:
    [seen] = await effects(ReadsBoth, told_before_version_2())

    assert seen.cause == FACT.cause.value


async def test_whoever_reads_the_newest_version_alone_passes_the_older_over() -> None:
    assert await effects(ReadsV2, told_before_version_2()) == []


def test_a_version_has_one_handler() -> None:
    handlers = Handlers("intake")

    async def handle(_event: Any, _envelope: Envelope, _tx: Any) -> None: ...

    handlers.on(ReadsV1)(handle)

    with pytest.raises(ValueError, match="already has a handler"):
        handlers.on(ReadsBoth)(handle)
    assert set(handlers.types) == {V1}


def test_what_keeps_rows_belongs_to_a_projection() -> None:
    async def nothing(*_: Any) -> None:
        """Does nothing."""

    with pytest.raises(ValueError, match="projection"):
        Handlers("intake").on(ReadsV1, keeps=nothing)
