"""The quick way onto the wire writes what the published language's codec writes."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st
from kairos_chassis.bus.wire import Wire, partition_of
from kairos_events.envelope import decode, encode
from kairos_events.uuid7 import uuid7
from kairos_events.wire_text import EnvelopeError

SOURCE = "urn:kairos:busbench"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def row(**changes: Any) -> Any:
    key = str(uuid4())
    return {
        "event_id": uuid7(),
        "type": "busbench.counted.v1",
        "time": datetime.now(UTC),
        "subject": key,
        "dataschema": "urn:kairos:schema:busbench.counted",
        "network_id": uuid4(),
        "sequence": 3,
        "data": b"{}",
        "key": key,
        **changes,
    }


@pytest.mark.parametrize("parent", [None, PARENT, "broken"])
@pytest.mark.parametrize(
    "time",
    [datetime(2027, 3, 1, 12, tzinfo=UTC), datetime.now(timezone(timedelta(hours=-5)))],
)
def test_quick_record_says_the_same_as_the_codec(parent: str | None, time: datetime) -> None:
    wire = Wire(SOURCE)
    wire.record(row(), None, None)  # the first of its kind goes the long way
    one = row(time=time)

    quick = wire.record(one, parent, None)

    read = decode(quick.key, quick.value, quick.headers)
    again = encode(read)
    assert sorted(quick.headers) == sorted(again.headers)
    assert (read.id, read.key, read.sequence) == (one["event_id"], one["key"], 3)
    assert len([name for name, _ in quick.headers if name == "traceparent"]) <= 1


@pytest.mark.parametrize(
    "changes",
    [{"event_id": uuid4()}, {"subject": ""}, {"subject": "x" * 257}, {"data": b""}, {"type": "x"}],
)
def test_what_must_never_reach_the_bus_is_refused_the_quick_way_too(
    changes: dict[str, Any],
) -> None:
    wire = Wire(SOURCE)
    wire.record(row(), None, None)

    with pytest.raises(EnvelopeError):
        wire.record(row(**changes), None, None)


@given(key=st.binary(max_size=80), partitions=st.integers(1, 64))
def test_key_goes_to_the_partition_that_every_client_gives_it(key: bytes, partitions: int) -> None:
    theirs = DefaultPartitioner()(key, list(range(partitions)), [])

    assert partition_of(key, partitions) == theirs
