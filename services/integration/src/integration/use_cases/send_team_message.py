"""Tell the team something about a patient."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration.domain.care_plan import TeamMessage
from integration.domain.errors import MessageNotFound
from integration.store import people
from integration.store.care_plans import messages


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTeamMessage:
    """Words to the team; `answers` names the message they answer."""

    patient_id: UUID
    author_id: UUID
    answers: UUID | None
    words: str


async def send_team_message(command: SendTeamMessage, tx: Transaction) -> TeamMessage:
    """Keep the message. Raises MessageNotFound (404) for an answer to another patient's message."""
    if command.answers is not None:
        answered = await messages.find(tx, command.answers)
        if not await people.same(tx, answered.patient_id, command.patient_id):
            raise MessageNotFound
    sent = TeamMessage(
        id=uuid7(),
        patient_id=command.patient_id,
        author_id=command.author_id,
        answers=command.answers,
        words=command.words,
        sent_at=tx.now,
    )
    messages.add(tx, sent)
    return sent
