"""Write down the intention, the set and setting, or the support given."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing.domain.errors import ImpossibleTime
from dosing.store import notes, protocols, sessions


class NoteKind(StrEnum):
    """What a note of a session is about. Psychotherapy notes live in integration, apart."""

    INTENTION = "intention"  # in the patient's words, before the dose
    SET_AND_SETTING = "set_and_setting"
    SUPPORT = "support"
    HANDOVER = "handover"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteSessionNote:
    """A note stays as it is: what is put right is another note."""

    session_id: UUID
    kind: NoteKind
    body: str
    occurred_at: datetime  # aware, UTC
    by: Caller


async def write_session_note(command: WriteSessionNote, tx: Transaction) -> UUID:
    """Keep it; also after the session, as a late entry. Returns its id.

    Raises SessionNotFound (404), ImpossibleTime (422).
    """
    session = await sessions.find(tx, command.session_id)
    admit_site(command.by, session.site_id)
    charting = (await protocols.pinned(tx, session)).charting
    ahead = command.occurred_at > tx.now + charting.future_tolerance
    if ahead or command.occurred_at < session.opened_at:
        raise ImpossibleTime
    note_id = uuid7()
    notes.add(
        tx,
        note_id,
        session.id,
        kind=command.kind.value,
        body=command.body,
        by=command.by.subject,
        occurred_at=command.occurred_at,
    )
    return note_id
