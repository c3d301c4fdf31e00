"""One order of locks: patients, sessions, containers, who watches; each kind by rising id.

Two transactions that lock in one order never wait for each other in a circle. Rows are locked
`FOR NO KEY UPDATE`: what only refers to a row (a ledger's entry to its session) waits for nobody,
so that no foreign key brings in an order of its own.
"""

from collections.abc import Iterable
from enum import IntEnum
from uuid import UUID
from weakref import WeakKeyDictionary

from kairos_chassis.db import Transaction


class Rank(IntEnum):
    """What is locked, in this order."""

    PATIENT = 1
    SESSION = 2
    CONTAINER = 3
    PRACTITIONER = 4


class LocksOutOfOrderError(RuntimeError):
    """A fault of this service: somebody else may wait the other way round."""


_taken: WeakKeyDictionary[Transaction, set[tuple[Rank, UUID]]] = WeakKeyDictionary()


def taking(tx: Transaction, rank: Rank, ids: Iterable[UUID]) -> None:
    """Say so before locking these. Raises LocksOutOfOrderError; what is locked already is free."""
    held = _taken.setdefault(tx, set())
    for one in sorted((rank, each) for each in ids):
        if one not in held and held and one < max(held):
            raise LocksOutOfOrderError
        held.add(one)
