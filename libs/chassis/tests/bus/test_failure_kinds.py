"""Telling an outage from a defect."""

import asyncpg
import pytest
from kairos_chassis.errors import Kind
from kairos_chassis.failure import Backoff, is_conflict, is_infrastructure
from kairos_chassis.handlers import Handlers
from kairos_chassis.testing.bus_station import ReadsCounted


class Answer(Exception):
    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self.slug, self.kind = "answer", kind


@pytest.mark.parametrize(
    "error",
    [
        OSError(),
        TimeoutError(),
        asyncpg.DeadlockDetectedError(),
        asyncpg.SerializationError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.CannotConnectNowError(),
        asyncpg.InterfaceError("connection is closed"),
        Answer(Kind.UNAVAILABLE),
    ],
    ids=lambda error: type(error).__name__,
)
def test_outage_is_never_counted_against_an_event(error: Exception) -> None:
    assert is_infrastructure(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(),
        asyncpg.UniqueViolationError(),
        asyncpg.DataError("invalid input for query argument"),
        asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
        Answer(Kind.REFUSED),
    ],
    ids=lambda error: type(error).__name__,
)
def test_defect_is_not_taken_for_an_outage(error: Exception) -> None:
    assert not is_infrastructure(error)
    assert not is_conflict(error)


def test_only_a_conflict_is_recorded_as_an_answer() -> None:
    assert is_conflict(Answer(Kind.CONFLICT))


def test_waits_grow_to_half_a_minute_and_start_again() -> None:
    backoff = Backoff()
    waits = [backoff.next_seconds() for _ in range(20)]

    assert waits[0] <= 0.1
    assert all(15.0 <= wait <= 30.0 for wait in waits[-5:])
    backoff.reset()
    assert backoff.next_seconds() <= 0.1


def test_event_has_one_handler() -> None:
    handlers = Handlers("somewhere")

    async def on_counted(*_: object) -> None:
        return None

    handlers.on(ReadsCounted)(on_counted)
    with pytest.raises(ValueError, match="already has a handler"):
        handlers.on(ReadsCounted)(on_counted)
