"""A co-therapist signs the record too."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration.data import therapy
from integration.domain.addendum import Cosignature
from integration.store import therapy_sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignSession:
    """A co-therapist stands by the record."""

    therapy_session_id: UUID
    practitioner_id: UUID


async def cosign_session(command: CosignSession, tx: Transaction) -> Cosignature:
    """Keep the signature, until the record is locked.

    Raises TherapySessionNotFound (404), NotYourSession (403), SessionLocked, AlreadyCosigned (409).
    """
    session = await therapy_sessions.therapy_sessions.find(tx, command.therapy_session_id)
    session.check_cosign(command.practitioner_id, now=tx.now, locks_after=therapy().locks_after)
    signature = Cosignature(
        id=uuid7(),
        patient_id=session.patient_id,
        therapy_session_id=session.id,
        practitioner_id=command.practitioner_id,
        signed_at=tx.now,
    )
    therapy_sessions.cosign(tx, signature)
    return signature
