"""What kind of failure an exception is, and how long to wait before the next try."""

import random
import traceback
from pathlib import Path
from typing import Final

import asyncpg
from aiokafka.errors import KafkaError
from asyncpg import exceptions as pg

from kairos_chassis.bus.broker import BusUnavailableError
from kairos_chassis.errors import Kind

FIRST_WAIT_SECONDS: Final = 0.1
LONGEST_WAIT_SECONDS: Final = 30.0

# The database is away, busy or was interrupted: the same statement may succeed later.
_INFRASTRUCTURE: Final = (
    OSError,  # with it TimeoutError and every refused or cut connection
    KafkaError,
    BusUnavailableError,
    pg.PostgresConnectionError,
    pg.DeadlockDetectedError,
    pg.SerializationError,
    pg.LockNotAvailableError,
    pg.InsufficientResourcesError,
    pg.OperatorInterventionError,
    pg.PostgresSystemError,
    pg.ReadOnlySQLTransactionError,
    pg.IdleInTransactionSessionTimeoutError,
)


def is_infrastructure(error: BaseException) -> bool:
    """Whether something around us failed, rather than this event or this code."""
    if isinstance(error, asyncpg.DataError | asyncpg.InternalClientError):
        return False
    if isinstance(error, asyncpg.InterfaceError):
        return "closed" in str(error) or "closing" in str(error)
    if getattr(error, "kind", None) is Kind.UNAVAILABLE:
        return True
    return isinstance(error, _INFRASTRUCTURE)


def is_conflict(error: BaseException) -> bool:
    """Whether the domain answered: the state does not allow what the event asks for."""
    return getattr(error, "kind", None) is Kind.CONFLICT


def error_name(error: BaseException) -> str:
    """The class of an error: the only thing about it that may be stored or logged."""
    return type(error).__name__


def error_place(error: BaseException) -> str:
    """Module and line where it was raised: says where to look without saying what was in it."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).stem}:{frames[-1].lineno}" if frames else ""


class Backoff:
    """Waits that grow from 0.1 s to 30 s, each with full jitter in its upper half."""

    def __init__(self) -> None:
        self._next = FIRST_WAIT_SECONDS

    def next_seconds(self) -> float:
        """How long to wait now, in seconds."""
        wait, self._next = self._next, min(self._next * 2, LONGEST_WAIT_SECONDS)
        return wait * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret

    def reset(self) -> None:
        """Start again from the shortest wait."""
        self._next = FIRST_WAIT_SECONDS
