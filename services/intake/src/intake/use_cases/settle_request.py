"""Settle a request of a patient: done, or declined with a reason."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox, patient_keys
from kairos_chassis.db import Transaction

from intake import publish
from intake.data.policy import policy
from intake.domain.policy import demand_reason
from intake.domain.rights import RequestKind, RequestStatus, RightsRequest, check_erasable
from intake.store import (
    clearances,
    contacts,
    dosing_sessions,
    imports,
    merges,
    outside,
    override_proposals,
    patients,
    referrals,
    rights,
)
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleRequest:
    """A privacy officer has looked at it."""

    request_id: UUID
    status: RequestStatus
    reason: str  # a code of the network's policy
    settled_by: UUID


async def settle_request(command: SettleRequest, tx: Transaction) -> RightsRequest:
    """Keep how it was settled. An erasure that is done takes identity, contacts and words away,
    ends the clearance and tells the others, all or nothing; coded facts stay without a person.

    Raises RequestNotFound (404), RequestSettled, ErasureForbidden (409), UnknownReason (422).
    """
    demand_reason(command.reason, policy().settlement_reasons)
    patient_id = (await rights.find(tx, command.request_id)).patient_id
    clearance = await clearances.lock(tx, patient_id)
    request = await rights.lock(tx, command.request_id)
    settled = request.settle(
        command.status, by=command.settled_by, at=tx.now, reason=command.reason
    )
    if settled.kind is RequestKind.ERASURE and settled.status is RequestStatus.DONE:
        await _erase(patient_id, settled.id, tx)
        await reconsider_clearance(clearance, tx)
    rights.save(tx, settled)
    return settled


async def _erase(patient_id: UUID, request_id: UUID, tx: Transaction) -> None:
    linked = len(await merges.records(tx, patient_id)) > 1
    check_erasable(
        held=await rights.held(tx, patient_id),
        being_dosed=await dosing_sessions.is_open(tx, patient_id),
        merged=linked or await merges.merged(tx, patient_id) is not None,
        last_care_at=await rights.last_care(tx, patient_id),
        now=tx.now,
        retention_years=policy().retention_years,
    )
    patient = await patients.find(tx, patient_id)
    patients.save(tx, patient.erased(tx.now))
    contacts.erase(tx, patient_id)
    rights.erase_words(tx, patient_id)
    override_proposals.erase_words(tx, patient_id)
    referrals.erase_words(tx, patient_id)
    imports.erase(tx, patient_id)
    outside.erase(tx, patient_id)
    await outbox.append(tx, publish.patient_erased(patient_id, request_id, tx.now))
    await tx.flush()
    await patient_keys.destroy(tx, patient_id)
