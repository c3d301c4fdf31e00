"""Say that one has come to a site, or leaves it."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing.store import sites
from dosing.store.sites import Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePresence:
    """By one's own log-in alone: nobody says it for somebody else."""

    site_id: UUID
    present: bool
    by: Caller


async def note_presence(command: NotePresence, tx: Transaction) -> Presence:
    """Keep it. It holds until one leaves, or for the rest of the site's day."""
    admit_site(command.by, command.site_id)
    noted = Presence(
        id=uuid7(),
        site_id=command.site_id,
        practitioner_id=command.by.subject,
        present=command.present,
        recorded_at=tx.now,
    )
    sites.add_presence(tx, noted)
    return noted
