"""Discharge over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.schemas.sessions import DischargeBody, SessionView
from dosing.http.session_view import view_of
from dosing.use_cases.discharge_patient import DischargePatient, discharge_patient

routes = Routes("discharges")


@routes.post(
    "/v1/sessions/{session_id}/discharge",
    policy=policies.DISCHARGE_PATIENT,
    status=200,
    if_match=True,
)
async def post_discharge(call: DosingCall, session_id: UUID, body: DischargeBody) -> SessionView:
    """Let the patient go. Refused with every criterion that does not hold."""
    command = DischargePatient(
        session_id=session_id, leaving=body.leaving(), version=call.if_match, by=call.caller
    )
    async with call.transaction() as tx:
        session = await discharge_patient(command, tx)
        return call.answer(await view_of(tx, session), version=session.version)
