"""Put a draft aside."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from integration.domain.therapy_draft import TherapyDraft
from integration.store.therapy_drafts import drafts


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardTherapyDraft:
    """The session did not take place, or is recorded elsewhere."""

    draft_id: UUID
    discarded_by: UUID
    version: int  # as the writer has read it


async def discard_therapy_draft(command: DiscardTherapyDraft, tx: Transaction) -> TherapyDraft:
    """Put the draft aside; every version of it stays.

    Raises DraftNotFound (404), StaleVersion (412), DraftEnded (409).
    """
    found = await drafts.lock(tx, command.draft_id)
    found.admit(command.discarded_by)
    discarded = (await drafts.seen(tx, command.draft_id, command.version)).discard()
    drafts.save(tx, discarded)
    return discarded
