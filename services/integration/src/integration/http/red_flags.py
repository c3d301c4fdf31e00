"""Red flags over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from integration.domain.red_flag import FlagOrigin
from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.task_schemas import RedFlagBody, RedFlags, RedFlagView
from integration.http.views import view
from integration.store import red_flags
from integration.use_cases.raise_red_flag import RaiseRedFlag, raise_red_flag

routes = Routes("red flags")


@routes.post("/v1/red-flags", policy=policies.RAISE_FLAG)
async def post_red_flag(call: IntegrationCall, body: RedFlagBody) -> RedFlagView:
    """Chart a sign of danger; the other services hear of it at once."""
    command = RaiseRedFlag(
        patient_id=body.patient_id,
        kind=body.kind,
        severity=body.severity,
        origin=FlagOrigin.THERAPIST,
        raised_by=call.caller.subject,
    )
    async with call.transaction() as tx:
        raised = await raise_red_flag(command, tx)
        return call.answer(view(RedFlagView, raised), location=f"/v1/red-flags/{raised.id}")


@routes.get("/v1/patients/{patient_id}/red-flags", policy=policies.READ_FLAG)
async def list_red_flags(call: IntegrationCall, patient_id: UUID) -> RedFlags:
    """A patient's red flags, the newest first."""
    async with call.transaction() as tx:
        tx.about(patient_id)
        found = await red_flags.of_patient(tx, patient_id)
        return call.answer(RedFlags(items=[view(RedFlagView, one) for one in found]))


@routes.get("/v1/red-flags/{red_flag_id}", policy=policies.READ_FLAG)
async def get_red_flag(call: IntegrationCall, red_flag_id: UUID) -> RedFlagView:
    """One red flag."""
    async with call.transaction() as tx:
        return call.answer(view(RedFlagView, await red_flags.red_flags.find(tx, red_flag_id)))
