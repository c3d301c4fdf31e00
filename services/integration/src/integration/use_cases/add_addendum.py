"""Add to a signed record."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration.domain.addendum import Addendum, AddendumKind
from integration.store.therapy_sessions import addenda, therapy_sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class AddAddendum:
    """Something to add, or to put right."""

    therapy_session_id: UUID
    kind: AddendumKind
    words: str
    author_id: UUID


async def add_addendum(command: AddAddendum, tx: Transaction) -> Addendum:
    """Keep the words beside the record.

    Raises TherapySessionNotFound (404), NotYourSession (403).
    """
    session = await therapy_sessions.find(tx, command.therapy_session_id)
    session.admit_author(command.author_id)
    added = Addendum(
        id=uuid7(),
        patient_id=session.patient_id,
        therapy_session_id=session.id,
        kind=command.kind,
        words=command.words,
        author_id=command.author_id,
        added_at=tx.now,
    )
    addenda.add(tx, added)
    return added
