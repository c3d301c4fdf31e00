"""Journals, at rest: each entry sealed with the patient's own key."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from integration.domain.errors import ChoiceNotFound, EntryNotFound
from integration.domain.journal import Audience, JournalChoice, JournalEntry
from integration.store.people import of_person
from integration.store.records import Records
from integration.store.sealing import KeyRing, seal, unseal
from integration.store.tables import journal_choice, journal_entry, journal_key

entries = Records(journal_entry, JournalEntry, EntryNotFound)
choices = Records(journal_choice, JournalChoice, ChoiceNotFound)

_entry = journal_entry.c
_CHOICE = statement(
    select(journal_choice)
    .where(of_person(journal_choice.c.patient_id))
    .order_by(journal_choice.c.chosen_at.desc(), journal_choice.c.id.desc())
    .limit(1)
)
_KEY = statement(select(journal_key).where(journal_key.c.patient_id == bindparam("patient_id")))
_NEW_KEY = statement(
    insert(journal_key)
    .values({column.name: bindparam(column.name) for column in journal_key.c})
    .on_conflict_do_nothing()
)
_READ = statement(
    select(journal_entry)
    .where(
        of_person(_entry.patient_id),
        _entry.removed_at.is_(None),
        _entry.audience == any_(bindparam("audiences", type_=ARRAY(Text))),
    )
    .order_by(_entry.written_at.desc(), _entry.id.desc())
    .limit(200)
)


async def choice_of(tx: Transaction, patient_id: UUID) -> JournalChoice | None:
    """The patient's newest choice."""
    row = await tx.fetch_one(_CHOICE, patient_id=patient_id)
    return None if row is None else choices.of(row)


async def read(
    tx: Transaction, patient_id: UUID, audiences: frozenset[Audience]
) -> list[JournalEntry]:
    """A patient's entries for these readers, the newest first."""
    wanted = [audience.value for audience in audiences]
    return await entries.all(tx, _READ, patient_id=patient_id, audiences=wanted)


async def sealed(
    tx: Transaction, ring: KeyRing, patient_id: UUID, entry_id: UUID, words: str
) -> bytes:
    """The words of an entry, sealed with the patient's key."""
    # Twice: with the key that erasing the patient destroys, and with the journal's own.
    once = await tx.seal_words(words, patient_id)
    return seal(await _data_key(tx, ring, patient_id), once.encode(), entry_id.bytes)


async def opened(tx: Transaction, ring: KeyRing, found: list[JournalEntry]) -> list[str]:
    """The words of entries; each opens with the keys of the record it was written under."""
    keys = {one: await _data_key(tx, ring, one) for one in {entry.patient_id for entry in found}}
    once = [unseal(keys[one.patient_id], one.sealed or b"", one.id.bytes).decode() for one in found]
    return [await tx.open_words(one) for one in once]


async def _data_key(tx: Transaction, ring: KeyRing, patient_id: UUID) -> bytes:
    """The patient's key; made with the first entry."""
    belongs_to = b"journal" + tx.network.bytes + patient_id.bytes
    row = await tx.fetch_one(_KEY, patient_id=patient_id)
    if row is None:
        _, sealed_by, sealed_key = ring.new_data_key(belongs_to)
        await tx.execute(
            _NEW_KEY,
            id=uuid7(),
            network_id=tx.network,
            patient_id=patient_id,
            sealed_by=sealed_by,
            sealed_key=sealed_key,
            made_at=tx.now,
        )
        row = await tx.fetch_one(_KEY, patient_id=patient_id)  # ours, or who was faster
        assert row is not None
    return ring.open_data_key(row["sealed_by"], row["sealed_key"], belongs_to)
