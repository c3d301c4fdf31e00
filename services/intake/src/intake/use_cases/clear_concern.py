"""Clear a safety concern that an acknowledgement alone does not release."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from intake import publish
from intake.data.policy import policy
from intake.domain.concern import Concern
from intake.domain.policy import demand_reason
from intake.store import clearances, concerns
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearConcern:
    """A prescriber has assessed the patient and ends the block on dosing."""

    concern_id: UUID
    version: int  # as the caller has read it
    cleared_by: UUID
    reason: str  # a code of the network's policy


async def clear_concern(command: ClearConcern, tx: Transaction) -> Concern:
    """Keep who cleared it and why, and announce that it no longer blocks.

    Raises ConcernNotFound (404), StaleVersion (412), ConcernNotAcknowledged,
    ConcernReleased (409), UnknownReason (422).
    """
    demand_reason(command.reason, policy().clearing_reasons)
    patient_id = (await concerns.find(tx, command.concern_id)).patient_id
    clearance = await clearances.lock(tx, patient_id)
    concern = await concerns.lock(tx, command.concern_id)
    if concern.version != command.version:
        raise StaleVersion
    cleared = concern.clear(by=command.cleared_by, at=tx.now, reason=command.reason)
    concerns.save(tx, cleared)
    await outbox.append(tx, publish.safety_concern_cleared(cleared))
    await reconsider_clearance(clearance, tx)
    return cleared
