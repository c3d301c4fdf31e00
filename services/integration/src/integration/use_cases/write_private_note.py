"""Keep a psychotherapy note."""

from dataclasses import dataclass, field
from uuid import UUID

from kairos_chassis.db import Transaction

from integration.domain.private_note import PrivateNote
from integration.store import private_notes
from integration.store.sealing import KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePrivateNote:
    """Words for their author alone."""

    note_id: UUID  # chosen by the author's device; a repeat changes nothing
    patient_id: UUID
    author_id: UUID
    therapy_session_id: UUID | None
    words: str = field(repr=False)


async def write_private_note(
    command: WritePrivateNote, tx: Transaction, ring: KeyRing, chart: Transaction
) -> UUID:
    """Seal the words and keep them. Returns the note's id.

    `tx` is of the notes' own role, `chart` of the service's, which reaches the patient's key.
    Raises NoteIdTaken (409).
    """
    note = PrivateNote(
        id=command.note_id,
        patient_id=command.patient_id,
        author_id=command.author_id,
        therapy_session_id=command.therapy_session_id,
        written_at=tx.now,
        words=command.words,
    )
    await private_notes.add(tx, ring, note, chart)
    return note.id
