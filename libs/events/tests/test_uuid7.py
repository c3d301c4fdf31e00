import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from kairos_events import uuid7 as module
from kairos_events.uuid7 import uuid7


def test_an_id_is_a_uuid_of_version_7_with_the_present_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_ids_sort_in_the_order_they_were_made() -> None:
    made = [uuid7() for _ in range(5_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_of_several_threads_are_distinct() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: uuid7(), range(2_000)))

    assert len(set(made)) == len(made)


def test_ids_keep_their_order_when_the_clock_steps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: 0)

    assert uuid7() > first


def test_ids_keep_their_order_when_the_counter_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_last_millisecond", 2**47)
    monkeypatch.setattr(module, "_counter", 2**42 - 2)

    last_of_one, first_of_next = uuid7(), uuid7()

    assert first_of_next > last_of_one
    assert first_of_next.int >> 80 == 2**47 + 1
