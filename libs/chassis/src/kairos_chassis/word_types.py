"""Columns that hold words about a patient, and what seals them. See `words`."""

from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

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


class Sealing(Protocol):
    """Seals and opens for a transaction."""

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
