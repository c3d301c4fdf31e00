"""A patient promises themselves something."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import timers
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration.domain.commitment import Commitment, Practice
from integration.store.commitments import commitments

REMINDER = "commitment.reminder"


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeCommitment:
    """What, when, what may get in the way, and how sure they are."""

    patient_id: UUID
    therapy_session_id: UUID | None = None
    practice: Practice | None = None
    behaviour: str
    planned: str | None = None
    barriers: str | None = None
    confidence: int
    times_per_week: int | None = None
    remind_at: datetime | None = None  # aware, UTC
    zone: str  # IANA name: reminders keep to the patient's wall clock


async def make_commitment(command: MakeCommitment, tx: Transaction) -> Commitment:
    """Keep the commitment, and its reminder where one is wanted."""
    made = Commitment(
        id=uuid7(),
        patient_id=command.patient_id,
        therapy_session_id=command.therapy_session_id,
        practice=command.practice,
        behaviour=command.behaviour,
        planned=command.planned,
        barriers=command.barriers,
        confidence=command.confidence,
        times_per_week=command.times_per_week,
        remind_at=command.remind_at,
        remind_zone=command.zone,
        made_at=tx.now,
    )
    commitments.add(tx, made)
    if made.remind_at is not None:
        timers.schedule(tx, REMINDER, made.id, made.remind_at, patient_id=made.patient_id)
    return made
