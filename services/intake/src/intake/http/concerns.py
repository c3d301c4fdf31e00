"""Safety concerns over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.schemas.concerns import ConcernList, ConcernView, ReasonBody
from intake.store import clearances, concerns
from intake.use_cases.acknowledge_concern import AcknowledgeConcern, acknowledge_concern
from intake.use_cases.clear_concern import ClearConcern, clear_concern

routes = Routes("safety concerns")


@routes.get("/v1/patients/{patient_id}/safety-concerns", policy=policies.READ_CONCERN)
async def list_concerns(call: IntakeCall, patient_id: UUID) -> ConcernList:
    """All safety concerns of a patient, by time."""
    async with call.transaction() as tx:
        await clearances.find(tx, patient_id)
        found = await concerns.of_patient(tx, patient_id)
        return call.answer(ConcernList(items=[ConcernView.of(concern) for concern in found]))


@routes.get("/v1/safety-concerns/{concern_id}", policy=policies.READ_CONCERN)
async def get_concern(call: IntakeCall, concern_id: UUID) -> ConcernView:
    """One safety concern."""
    async with call.transaction() as tx:
        concern = await concerns.find(tx, concern_id)
        return call.answer(ConcernView.of(concern), version=concern.version)


@routes.post(
    "/v1/safety-concerns/{concern_id}/acknowledgement",
    policy=policies.ACKNOWLEDGE_CONCERN,
    status=200,
    if_match=True,
)
async def post_acknowledgement(call: IntakeCall, concern_id: UUID, body: ReasonBody) -> ConcernView:
    """Take up a safety concern."""
    command = AcknowledgeConcern(
        concern_id=concern_id,
        version=call.if_match,
        acknowledged_by=call.caller.subject,
        reason=body.reason,
    )
    async with call.transaction() as tx:
        concern = await acknowledge_concern(command, tx)
        return call.answer(ConcernView.of(concern), version=concern.version)


@routes.post(
    "/v1/safety-concerns/{concern_id}/clearing",
    policy=policies.CLEAR_CONCERN,
    status=200,
    if_match=True,
)
async def post_clearing(call: IntakeCall, concern_id: UUID, body: ReasonBody) -> ConcernView:
    """Clear a safety concern that an acknowledgement alone does not release."""
    command = ClearConcern(
        concern_id=concern_id,
        version=call.if_match,
        cleared_by=call.caller.subject,
        reason=body.reason,
    )
    async with call.transaction() as tx:
        concern = await clear_concern(command, tx)
        return call.answer(ConcernView.of(concern), version=concern.version)
