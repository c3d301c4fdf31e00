"""Write on in a draft."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from integration.domain.therapy_draft import Record, TherapyDraft
from integration.store.therapy_drafts import drafts, keep_version


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveTherapyDraft:
    """The whole record as it shall stand now."""

    draft_id: UUID
    record: Record
    ended_at: datetime | None = None
    saved_by: UUID
    version: int  # as the writer has read it


async def save_therapy_draft(command: SaveTherapyDraft, tx: Transaction) -> TherapyDraft:
    """Keep the words, and the ones before as a version of their own.

    Who wrote on an older version is told so and loses nothing: their words are still theirs to
    join to the newer ones. Raises DraftNotFound (404), StaleVersion (412), DraftEnded (409).
    """
    found = await drafts.lock(tx, command.draft_id)
    found.admit(command.saved_by)
    found = await drafts.seen(tx, command.draft_id, command.version)
    saved = found.save(command.record, by=command.saved_by, at=tx.now, ended_at=command.ended_at)
    drafts.save(tx, saved)
    keep_version(tx, saved)
    return saved
