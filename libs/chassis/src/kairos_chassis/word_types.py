"""Columns that hold words about a patient, and what seals them. See `words`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sqlalchemy import LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from kairos_chassis.key_ring import KeyRing

if TYPE_CHECKING:
    from kairos_chassis.transaction import Transaction


class Words(Text):
    """A column of words about the row's patient."""

    cache_ok = True


class WordsJson(JSONB):
    """The same for a document. An erased one is read as an empty document."""

    cache_ok = True


class WordsList(ARRAY[str]):
    """The same for a list of texts. An erased one is read as an empty list."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(Text)


class WordsAnswer(LargeBinary):
    """An answer that is kept: sealed where its transaction has touched anybody's words."""

    cache_ok = True


class Sealing(Protocol):
    """Seals and opens for a transaction."""

    @property
    def ring(self) -> KeyRing:
        """What wraps the keys it seals with."""

    async def prepare(self, tx: "Transaction", values: Sequence[Any]) -> None:
        """Ask for the keys of all of these at once, before each is opened."""

    async def seal(self, tx: "Transaction", value: Any, patient_id: UUID | None) -> Any:
        """What may be stored."""

    async def open(self, tx: "Transaction", value: Any) -> Any:
        """What was sealed."""

    def forget(self, network: UUID, patient_id: UUID) -> None:
        """Remember a patient's key no longer."""


async def sealed(
    sealing: Sealing | None,
    tx: "Transaction",
    places: tuple[int, ...],
    arguments: list[Any],
    patient_id: UUID | None,
) -> None:
    """Seal the words among a statement's arguments, in place."""
    if sealing is not None:
        for place in places:
            arguments[place] = await sealing.seal(tx, arguments[place], patient_id)


async def opened_all(
    sealing: Sealing | None, tx: "Transaction", names: tuple[str, ...], rows: Sequence[Any]
) -> list[Any]:
    """Rows whose words can be read."""
    if sealing is None or not names:
        return list(rows)
    await sealing.prepare(tx, [row[name] for row in rows for name in names])
    return [await opened(sealing, tx, names, row) for row in rows]


async def opened(
    sealing: Sealing | None, tx: "Transaction", names: tuple[str, ...], row: Any
) -> Any:
    """A row whose words can be read."""
    if sealing is None or not names:
        return row
    readable = dict(row)
    for name in names:
        readable[name] = await sealing.open(tx, readable[name])
    return readable
