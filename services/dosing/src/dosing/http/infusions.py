"""Infusions over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site

from dosing.domain.errors import AdministrationRefused, IntakeUnreachable
from dosing.domain.infusion import InfusionAct
from dosing.http import policies
from dosing.http.asking import ask_intake, command_id, keep_refusal
from dosing.http.call import DosingCall
from dosing.http.schemas.infusions import (
    InfusionChangeBody,
    InfusionEndBody,
    InfusionList,
    InfusionStartBody,
    InfusionView,
    NotGivenBody,
    NotGivenList,
    NotGivenView,
    StopBody,
    Stopped,
)
from dosing.store import infusions, notes, sessions
from dosing.use_cases.change_infusion import ChangeInfusion, change_infusion
from dosing.use_cases.end_infusion import EndInfusion, end_infusion
from dosing.use_cases.record_not_given import RecordNotGiven, record_not_given
from dosing.use_cases.start_infusion import StartInfusion, start_infusion
from dosing.use_cases.stop_drug import StopDrug, stop_drug

routes = Routes("infusions")


@routes.post("/v1/sessions/{session_id}/infusions", policy=policies.INFUSE)
async def post_infusion(
    call: DosingCall, session_id: UUID, body: InfusionStartBody
) -> InfusionView:
    """Start an infusion. Refused with every rule of the gate that does not hold."""
    session, answer = await ask_intake(call, session_id)
    command = StartInfusion(
        command_id=command_id(call),
        session_id=session_id,
        patient_id=session.patient_id,
        draw_id=body.draw_id,
        started_at=body.started_at,
        by=call.caller,
    )
    clock, freshness = call.deps.clock, call.deps.freshness
    try:
        async with call.transaction() as tx:
            started = await start_infusion(command, answer, clock, freshness, tx)
            return call.answer(InfusionView.of(started))
    except (AdministrationRefused, IntakeUnreachable) as refused:
        await keep_refusal(call, session_id, refused)
        raise


@routes.get("/v1/sessions/{session_id}/infusions", policy=policies.READ_SESSION)
async def list_infusions(call: DosingCall, session_id: UUID) -> InfusionList:
    """The infusions of a session, oldest first."""
    async with call.transaction() as tx:
        admit_site(call.caller, (await sessions.find(tx, session_id)).site_id)
        found = await infusions.of_session(tx, session_id)
        return call.answer(InfusionList(items=[InfusionView.of(one) for one in found]))


@routes.post("/v1/infusions/{infusion_id}/changes", policy=policies.INFUSE)
async def post_infusion_change(
    call: DosingCall, infusion_id: UUID, body: InfusionChangeBody
) -> InfusionView:
    """Change its rate, pause it, or resume it."""
    command = ChangeInfusion(
        infusion_id=infusion_id,
        kind=InfusionAct(body.kind),
        rate_ml_per_h=body.rate_ml_per_h,
        volume_ml=body.volume_ml,
        cause=body.cause,
        occurred_at=body.occurred_at,
        by=call.caller,
    )
    async with call.transaction() as tx:
        return call.answer(InfusionView.of(await change_infusion(command, tx)))


@routes.post("/v1/infusions/{infusion_id}/end", policy=policies.INFUSE)
async def post_infusion_end(
    call: DosingCall, infusion_id: UUID, body: InfusionEndBody
) -> InfusionView:
    """End it, run through or stopped before; what ran in is charted."""
    command = EndInfusion(
        infusion_id=infusion_id,
        kind=InfusionAct(body.kind),
        volume_ml=body.volume_ml,
        cause=body.cause,
        occurred_at=body.occurred_at,
        by=call.caller,
    )
    async with call.transaction() as tx:
        return call.answer(InfusionView.of(await end_infusion(command, call.deps.clock, tx)))


@routes.post("/v1/sessions/{session_id}/drug-stop", policy=policies.STOP_DRUG)
async def post_drug_stop(call: DosingCall, session_id: UUID, body: StopBody) -> Stopped:
    """Give no more drug in this session."""
    async with call.transaction() as tx:
        session = await sessions.lock(tx, session_id)
        admit_site(call.caller, session.site_id)
        session.check_open()
        stop = StopDrug(
            session=session,
            reason=body.reason,
            by=call.caller.subject,
            not_tolerated=body.not_tolerated,
        )
        return call.answer(Stopped(session_id=session_id, new=await stop_drug(stop, tx)))


@routes.post("/v1/sessions/{session_id}/not-given", policy=policies.RECORD_NOT_GIVEN)
async def post_not_given(call: DosingCall, session_id: UUID, body: NotGivenBody) -> NotGivenView:
    """Chart that an ordered dose, or the rest of it, was not given."""
    command = RecordNotGiven(
        session_id=session_id,
        amount_mg=body.amount_mg,
        reason=body.reason,
        occurred_at=body.occurred_at,
        by=call.caller,
    )
    async with call.transaction() as tx:
        kept = await record_not_given(command, tx)
        found = [one for one in await notes.not_given_of(tx, session_id) if one.id == kept]
        return call.answer(NotGivenView.of(found[0]))


@routes.get("/v1/sessions/{session_id}/not-given", policy=policies.READ_SESSION)
async def list_not_given(call: DosingCall, session_id: UUID) -> NotGivenList:
    """What was ordered in a session and not given."""
    async with call.transaction() as tx:
        admit_site(call.caller, (await sessions.find(tx, session_id)).site_id)
        found = await notes.not_given_of(tx, session_id)
        return call.answer(NotGivenList(items=[NotGivenView.of(one) for one in found]))
