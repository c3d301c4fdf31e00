"""Note that a dosing session began or ended: consent is not signed in between."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.store import dosing_sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDosingSession:
    """One of the two instants is known."""

    session_id: UUID
    patient_id: UUID
    opened_at: datetime | None = None  # aware, UTC
    ended_at: datetime | None = None  # aware, UTC


async def note_dosing_session(command: NoteDosingSession, tx: Transaction) -> None:
    """Keep what is known of the session; a repeat changes nothing."""
    await dosing_sessions.note(
        tx,
        command.session_id,
        command.patient_id,
        opened_at=command.opened_at,
        ended_at=command.ended_at,
    )
