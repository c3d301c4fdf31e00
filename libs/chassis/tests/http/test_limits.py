"""A client that asks too often is told so, and how long to wait; nobody else is held up."""

import pytest
from kairos_chassis.http.limits import Limiter, TooManyRequests


class Seconds:
    """A clock to be moved."""

    at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def test_minute_s_worth_passes_and_no_more(seconds: Seconds) -> None:
    limiter = Limiter(6, seconds=seconds)
    assert [limiter.take("a").left for _ in range(6)] == [5, 4, 3, 2, 1, 0]
    with pytest.raises(TooManyRequests) as refusal:
        limiter.take("a")
    assert refusal.value.headers == {"Retry-After": "10"}
    assert limiter.take("b").left == 5


def test_bucket_fills_up_steadily(seconds: Seconds) -> None:
    limiter = Limiter(6, seconds=seconds)
    for _ in range(6):
        limiter.take("a")
    seconds.at += 9.9
    with pytest.raises(TooManyRequests):
        limiter.take("a")
    seconds.at += 0.2
    assert limiter.take("a").left == 0
    seconds.at += 3600
    assert limiter.take("a").left == 5  # never more than a minute's worth


def test_only_the_first_refusal_of_a_flood_is_told_apart(seconds: Seconds) -> None:
    limiter = Limiter(1, seconds=seconds)
    limiter.take("a")
    told = []
    for _ in range(3):
        with pytest.raises(TooManyRequests) as refusal:
            limiter.take("a")
        told.append(refusal.value.first)
    assert told == [True, False, False]


def test_service_may_ask_more_often(seconds: Seconds) -> None:
    assert Limiter(6, seconds=seconds).take("a", factor=10).limit == 60


def test_strangers_are_counted_apart(seconds: Seconds) -> None:
    limiter = Limiter(6, strangers_per_minute=1, seconds=seconds)
    limiter.take_stranger("192.0.2.1")
    with pytest.raises(TooManyRequests):
        limiter.take_stranger("192.0.2.1")
    limiter.take_stranger("192.0.2.2")
    limiter.take("192.0.2.1")


def test_headers_say_what_is_left(seconds: Seconds) -> None:
    assert Limiter(6, seconds=seconds).take("a").headers() == [
        (b"ratelimit-policy", b'"default";q=6;w=60'),
        (b"ratelimit", b'"default";r=5;t=10'),
    ]


def test_memory_of_clients_is_bounded(seconds: Seconds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kairos_chassis.http.limits.CLIENTS_REMEMBERED", 3)
    limiter = Limiter(6, seconds=seconds)
    for number in range(10):
        limiter.take(number)
    assert len(limiter._buckets) == 3
