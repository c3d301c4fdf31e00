"""The patient shares an entry, or takes it back."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from integration.domain.errors import EntryNotFound
from integration.domain.journal import Audience, JournalEntry
from integration.store import people
from integration.store.journal import entries


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareJournalEntry:
    """Who may read the entry from now on."""

    entry_id: UUID
    patient_id: UUID
    audience: Audience
    version: int  # as the patient has read it


async def share_journal_entry(command: ShareJournalEntry, tx: Transaction) -> JournalEntry:
    """Change who may read the entry, at once.

    Raises EntryNotFound (404), StaleVersion (412), EntryRemoved (409).
    """
    found = await entries.lock(tx, command.entry_id)
    if not await people.same(tx, found.patient_id, command.patient_id):
        raise EntryNotFound
    if found.version != command.version:
        raise StaleVersion
    shared = found.share(command.audience, tx.now)
    entries.save(tx, shared)
    return shared
