"""Let a safety concern that nobody has taken up climb one step."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_chassis.timers import schedule

from intake import publish
from intake.data.policy import policy
from intake.domain.concern import Concern
from intake.domain.escalation import escalation_of
from intake.store import clearances, concerns
from intake.use_cases.raise_concern import CLOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalateConcern:
    """The time of a step has come."""

    concern_id: UUID
    step: int


async def escalate_concern(command: EscalateConcern, tx: Transaction) -> Concern:
    """Keep the step, announce who is told, and set the clock of the next one.

    Raises ConcernNotFound (404), ConcernAcknowledged (409): somebody was faster.
    """
    patient_id = (await concerns.find(tx, command.concern_id)).patient_id
    await clearances.lock(tx, patient_id)
    concern = await concerns.lock(tx, command.concern_id)
    climbed = concern.escalate(command.step, at=tx.now)
    concerns.save(tx, climbed)
    climbs = escalation_of(climbed, policy().escalations)
    await outbox.append(tx, publish.safety_concern_escalated(climbed, climbs.notify(command.step)))
    following = command.step + 1
    due_at = climbs.next_due(climbed, following, tx.now)
    schedule(tx, CLOCK, climbed.id, due_at, patient_id=climbed.patient_id, data={"step": following})
    return climbed
