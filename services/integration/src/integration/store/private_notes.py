"""Psychotherapy notes, at rest: in their own schema, sealed, and shown to their author alone.

Every function works in a transaction of the notes' own role, whose row-level security asks for the
author that `as_author` names.
"""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import Text, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from integration.domain.errors import NoteIdTaken, NoteNotFound
from integration.domain.private_note import PrivateNote
from integration.store.notes_tables import data_key, psychotherapy_note
from integration.store.sealing import KeyRing, seal, unseal

_note = psychotherapy_note.c
_AUTHOR = statement(select(func.set_config("kairos.author", bindparam("author", type_=Text), True)))
_KEY = statement(select(data_key).where(data_key.c.patient_id == bindparam("patient_id")))
_NEW_KEY = statement(
    insert(data_key)
    .values({column.name: bindparam(column.name) for column in data_key.c})
    .on_conflict_do_nothing()
)
_FIND = statement(select(psychotherapy_note).where(_note.id == bindparam("id")))
_LIST = statement(
    select(_note.id, _note.therapy_session_id, _note.written_at)
    .where(_note.patient_id == any_(bindparam("records", type_=ARRAY(Uuid))))
    .order_by(_note.written_at, _note.id)
)


async def as_author(tx: Transaction, author_id: UUID) -> None:
    """Work as this author from here to the end of the transaction."""
    await tx.fetch_one(_AUTHOR, author=str(author_id))


async def add(tx: Transaction, ring: KeyRing, note: PrivateNote, chart: Transaction) -> None:
    """Keep a note; the same one again changes nothing. Raises NoteIdTaken.

    `chart` is a transaction of the service's own role, which reaches the key that erasing the
    patient destroys: the words are sealed with that one, then with the author's.
    """
    await as_author(tx, note.author_id)
    if await tx.fetch_one(_FIND, id=note.id) is not None:
        if (await find(tx, ring, note.id, chart)).words != note.words:
            raise NoteIdTaken
        return
    key = await _data_key(tx, ring, note.author_id, note.patient_id)
    once = await chart.seal_words(note.words, note.patient_id)
    tx.refuse_on("psychotherapy_note_pkey", NoteIdTaken())
    tx.insert(
        psychotherapy_note,
        id=note.id,
        network_id=tx.network,
        author_id=note.author_id,
        patient_id=note.patient_id,
        therapy_session_id=note.therapy_session_id,
        sealed=seal(key, once.encode(), note.id.bytes),
        written_at=note.written_at,
    )


async def find(tx: Transaction, ring: KeyRing, note_id: UUID, chart: Transaction) -> PrivateNote:
    """One of the author's notes. Raises NoteNotFound for everybody else's too."""
    row = await tx.fetch_one(_FIND, id=note_id)
    if row is None:
        raise NoteNotFound
    key = await _data_key(tx, ring, row["author_id"], row["patient_id"])
    once = unseal(key, row["sealed"], row["id"].bytes).decode()
    return PrivateNote(
        id=row["id"],
        patient_id=row["patient_id"],
        author_id=row["author_id"],
        therapy_session_id=row["therapy_session_id"],
        written_at=row["written_at"],
        words=await chart.open_words(once),
    )


async def list_of(tx: Transaction, records: list[UUID]) -> list[dict[str, object]]:
    """What notes the author has about a person, by their records, without a word of them."""
    return [dict(row) for row in await tx.fetch(_LIST, records=records)]


async def _data_key(tx: Transaction, ring: KeyRing, author_id: UUID, patient_id: UUID) -> bytes:
    """The author's key for this patient; made with the first note."""
    belongs_to = b"note" + tx.network.bytes + author_id.bytes + patient_id.bytes
    row = await tx.fetch_one(_KEY, patient_id=patient_id)
    if row is None:
        _, sealed_by, sealed_key = ring.new_data_key(belongs_to)
        await tx.execute(
            _NEW_KEY,
            id=uuid7(),
            network_id=tx.network,
            author_id=author_id,
            patient_id=patient_id,
            sealed_by=sealed_by,
            sealed_key=sealed_key,
            made_at=tx.now,
        )
        row = await tx.fetch_one(_KEY, patient_id=patient_id)  # ours, or who was faster
        assert row is not None
    return ring.open_data_key(row["sealed_by"], row["sealed_key"], belongs_to)
