"""Patients' rights over HTTP: export, corrections, erasure, legal hold."""

import json
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.http.documents import Document
from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_patient
from kairos_events.uuid7 import uuid7

from intake.data.policy import policy
from intake.domain.errors import PatientNotFound
from intake.domain.policy import demand_reason
from intake.domain.record_errors import LinkNotFound
from intake.domain.rights import RequestStatus, RightsRequest
from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.record_pdf import pdf_of
from intake.http.schemas.rights import (
    HoldBody,
    HoldView,
    RecordExport,
    RequestBody,
    RequestList,
    RequestView,
    SettlementBody,
)
from intake.store import links, patients, rights
from intake.use_cases.export_record import export_record
from intake.use_cases.settle_request import SettleRequest, settle_request

routes = Routes("rights")


@routes.get("/v1/patients/{patient_id}/export", policy=policies.EXERCISE_RIGHTS)
async def get_export(call: IntakeCall, patient_id: UUID) -> RecordExport:
    """Everything intake keeps about a patient, for programs."""
    async with call.transaction() as tx:
        await _admit(call.caller, patient_id, tx)
        found = json.loads(json.dumps(await export_record(patient_id, tx), default=str))
        return call.answer(RecordExport(found))


@routes.document(
    "/v1/patients/{patient_id}/export.pdf",
    policy=policies.EXERCISE_RIGHTS,
    media_type="application/pdf",
)
async def get_export_pdf(call: IntakeCall, patient_id: UUID) -> Document:
    """The same for people."""
    async with call.transaction() as tx:
        await _admit(call.caller, patient_id, tx)
        found = json.loads(json.dumps(await export_record(patient_id, tx), default=str))
        return call.document(pdf_of(found), filename="record.pdf")


@routes.post("/v1/patients/{patient_id}/rights-requests", policy=policies.EXERCISE_RIGHTS)
async def post_rights_request(call: IntakeCall, patient_id: UUID, body: RequestBody) -> RequestView:
    """Ask for a correction or for erasure."""
    async with call.transaction() as tx:
        await _admit(call.caller, patient_id, tx)
        made = RightsRequest(
            id=uuid7(),
            patient_id=patient_id,
            kind=body.kind,
            detail=body.detail,
            requested_by=call.caller.subject,
            requested_at=tx.now,
        )
        rights.add(tx, made)
        return call.answer(RequestView.of(made))


@routes.get("/v1/patients/{patient_id}/rights-requests", policy=policies.EXERCISE_RIGHTS)
async def list_rights_requests(call: IntakeCall, patient_id: UUID) -> RequestList:
    """All requests of a patient, and how they were settled."""
    async with call.transaction() as tx:
        await _admit(call.caller, patient_id, tx)
        found = await rights.of_patient(tx, patient_id)
        return call.answer(RequestList(items=[RequestView.of(one) for one in found]))


@routes.post(
    "/v1/rights-requests/{request_id}/settlement", policy=policies.SETTLE_RIGHTS, status=200
)
async def post_settlement(call: IntakeCall, request_id: UUID, body: SettlementBody) -> RequestView:
    """Settle a request; an erasure that is done takes away who the patient was."""
    command = SettleRequest(
        request_id=request_id,
        status=RequestStatus(body.status),
        reason=body.reason,
        settled_by=call.caller.subject,
    )
    async with call.transaction() as tx:
        return call.answer(RequestView.of(await settle_request(command, tx)))


@routes.post("/v1/patients/{patient_id}/legal-hold", policy=policies.SETTLE_RIGHTS)
async def post_legal_hold(call: IntakeCall, patient_id: UUID, body: HoldBody) -> HoldView:
    """Keep the record from being erased."""
    demand_reason(body.reason, policy().hold_reasons)
    async with call.transaction() as tx:
        await patients.find(tx, patient_id)
        rights.hold(tx, patient_id, reason=body.reason, by=call.caller.subject)
        await tx.flush()
        return call.answer(HoldView(patient_id=patient_id, held=True))


@routes.post(
    "/v1/patients/{patient_id}/legal-hold/lifting", policy=policies.SETTLE_RIGHTS, status=200
)
async def post_hold_lifting(call: IntakeCall, patient_id: UUID) -> HoldView:
    """End the legal hold."""
    async with call.transaction() as tx:
        await patients.find(tx, patient_id)
        rights.lift(tx, patient_id, by=call.caller.subject)
        await tx.flush()
        return call.answer(HoldView(patient_id=patient_id, held=False))


async def _admit(caller: Caller, patient_id: UUID, tx: Transaction) -> None:
    """A patient reaches their own record, and a self-service link reaches none."""
    admit_patient(caller, patient_id, PatientNotFound())
    await patients.find(tx, patient_id)
    if caller.patient_id is not None and await links.exists(tx, caller.subject):
        raise LinkNotFound
