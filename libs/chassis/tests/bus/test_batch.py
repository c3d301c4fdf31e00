"""How far a batch came, and what may run beside what."""

import asyncio

from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st
from kairos_chassis.bus.batch import Batch, run_batch, sort_batch
from kairos_chassis.bus.record import KafkaRecord, key_text

PLACE = TopicPartition("t", 0)


def record(offset: int, key: bytes) -> KafkaRecord:
    return KafkaRecord(
        topic="t", partition=0, offset=offset, timestamp_ms=0, key=key, value=b"", headers=()
    )


def batch_of(keys: bytes) -> Batch:
    return sort_batch({PLACE: [record(n, bytes([key])) for n, key in enumerate(keys)]})


@given(keys=st.binary(min_size=1, max_size=30), failing=st.integers(0, 29))
def test_offset_never_passes_an_undone_record(keys: bytes, failing: int) -> None:
    done: list[int] = []

    async def deliver(one: KafkaRecord) -> None:
        await asyncio.sleep(0)
        if one.offset == failing:
            raise ValueError
        done.append(one.offset)

    progress = asyncio.run(run_batch(batch_of(keys), deliver, concurrency=4, stop=lambda: False))

    next_offset = progress.next_offsets[PLACE]
    assert set(range(next_offset)) <= set(done)
    assert next_offset not in done
    assert progress.complete == (failing >= len(keys))
    assert (progress.failure is None) == progress.complete


@given(keys=st.binary(min_size=1, max_size=30))
def test_records_of_a_key_keep_their_order(keys: bytes) -> None:
    seen: dict[bytes, list[int]] = {}

    async def deliver(one: KafkaRecord) -> None:
        await asyncio.sleep(0)
        assert one.key is not None
        seen.setdefault(one.key, []).append(one.offset)

    asyncio.run(run_batch(batch_of(keys), deliver, concurrency=3, stop=lambda: False))

    assert all(offsets == sorted(offsets) for offsets in seen.values())


def test_partition_ends_before_a_record_nobody_can_place() -> None:
    lost = KafkaRecord(
        topic="t", partition=0, offset=1, timestamp_ms=0, key=None, value=b"?", headers=()
    )

    batch = sort_batch({PLACE: [record(0, b"a"), lost, record(2, b"a")]})

    assert batch.stopped == {PLACE: 1}
    assert [one.offset for lane in batch.lanes for one in lane] == [0]


def test_key_that_is_no_text_is_still_one_key() -> None:
    assert key_text(b"\xff\x00a") == "\\xff\\x00a"
    assert key_text(b"plain") == "plain"
