"""The patient removes an entry."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from integration.domain.errors import EntryNotFound
from integration.domain.journal import JournalEntry
from integration.store import people
from integration.store.journal import entries


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveJournalEntry:
    """The words shall be gone."""

    entry_id: UUID
    patient_id: UUID
    version: int  # as the patient has read it


async def remove_journal_entry(command: RemoveJournalEntry, tx: Transaction) -> JournalEntry:
    """Take the words away for good; that there was an entry stays.

    Raises EntryNotFound (404), StaleVersion (412), EntryRemoved (409).
    """
    found = await entries.lock(tx, command.entry_id)
    if not await people.same(tx, found.patient_id, command.patient_id):
        raise EntryNotFound
    if found.version != command.version:
        raise StaleVersion
    removed = found.remove(tx.now)
    entries.save(tx, removed)
    return removed
