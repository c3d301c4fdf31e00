"""Take up a safety concern."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.timers import cancel

from intake import publish
from intake.data.policy import policy
from intake.domain.concern import Concern
from intake.domain.policy import demand_reason
from intake.store import clearances, concerns
from intake.use_cases.raise_concern import CLOCK
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeConcern:
    """A clinician has seen the concern and acts on it."""

    concern_id: UUID
    version: int  # as the caller has read it
    acknowledged_by: UUID
    reason: str  # a code of the network's policy


async def acknowledge_concern(command: AcknowledgeConcern, tx: Transaction) -> Concern:
    """Keep who took it up and why, and announce it; only a low concern stops blocking by it.

    Raises ConcernNotFound (404), StaleVersion (412), ConcernAcknowledged (409),
    UnknownReason (422).
    """
    demand_reason(command.reason, policy().acknowledgement_reasons)
    patient_id = (await concerns.find(tx, command.concern_id)).patient_id
    clearance = await clearances.lock(tx, patient_id)
    concern = await concerns.lock(tx, command.concern_id)
    if concern.version != command.version:
        raise StaleVersion
    taken_up = concern.acknowledge(by=command.acknowledged_by, at=tx.now, reason=command.reason)
    concerns.save(tx, taken_up)
    cancel(tx, CLOCK, taken_up.id)
    await outbox.append(tx, publish.safety_concern_acknowledged(taken_up))
    await reconsider_clearance(clearance, tx)
    return taken_up
