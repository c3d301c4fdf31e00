"""Settle a request of a patient: done, or declined with a reason."""

from dataclasses import dataclass, replace
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.data.policy import policy
from intake.domain.policy import demand_reason
from intake.domain.record_errors import ErasureForbidden
from intake.domain.rights import RequestKind, RequestStatus, RightsRequest
from intake.store import clearances, rights
from intake.use_cases.admit_erasure import AdmitErasure, admit_erasure
from intake.use_cases.erase_patient import ErasePatient, erase_patient


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleRequest:
    """A privacy officer has looked at it."""

    request_id: UUID
    status: RequestStatus
    reason: str  # a code of the network's policy
    settled_by: UUID


async def settle_request(command: SettleRequest, tx: Transaction) -> RightsRequest:
    """Keep how it was settled. An erasure that is done is one of every record of the person.

    Raises RequestNotFound (404), RequestSettled, ErasureForbidden (409), UnknownReason (422).
    """
    demand_reason(command.reason, policy().settlement_reasons)
    patient_id = (await rights.find(tx, command.request_id)).patient_id
    await clearances.lock(tx, patient_id)
    request = await rights.lock(tx, command.request_id)
    settled = request.settle(
        command.status, by=command.settled_by, at=tx.now, reason=command.reason
    )
    if settled.kind is RequestKind.ERASURE and settled.status is RequestStatus.DONE:
        admission = await admit_erasure(AdmitErasure(patient_id=patient_id), tx)
        if admission.against:
            raise ErasureForbidden(admission.against)
        rights.save(tx, settled)
        await erase_patient(ErasePatient(patient_id=patient_id, request_id=settled.id), tx)
        return replace(settled, detail=None)
    rights.save(tx, settled)
    return settled
