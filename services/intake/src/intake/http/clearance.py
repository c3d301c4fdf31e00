"""Clearance over HTTP."""

from uuid import UUID

from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.http.route import Routes

from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.schemas.clearance import ClearanceView, ConfirmationBody, ConfirmationView
from intake.store import clearances
from intake.use_cases.confirm_clearance import ConfirmClearance, confirm_clearance

routes = Routes("clearance")


@routes.get("/v1/patients/{patient_id}/clearance", policy=policies.READ_CLEARANCE)
async def get_clearance(call: IntakeCall, patient_id: UUID) -> ClearanceView:
    """Whether a patient may be dosed, per route. To be looked at: a dose needs a confirmation."""
    async with call.transaction() as tx:
        clearance = await clearances.find(tx, patient_id)
        return call.answer(ClearanceView.of(clearance, tx.now), version=clearance.version)


@routes.post("/v1/patients/{patient_id}/clearance/confirmations", policy=policies.CONFIRM_CLEARANCE)
async def post_confirmation(
    call: IntakeCall, patient_id: UUID, body: ConfirmationBody
) -> ConfirmationView:
    """Confirm, at the moment of administration, that the patient may be dosed.

    Send a fresh Idempotency-Key with every attempt: a repeat returns the first answer, which is
    good only until its own `valid_until`.
    """
    acting_for = call.caller.acting_for
    if acting_for is None:
        message = "Name the clinician who gives the dose in Kairos-Acting-For."
        raise Refusal("acting_for_required", Kind.MALFORMED, message)
    command = ConfirmClearance(patient_id=patient_id, route=body.route.value, acting_for=acting_for)
    async with call.transaction() as tx:
        return call.answer(ConfirmationView.of(await confirm_clearance(command, tx)))
