"""Drawing, checking and giving a dose over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site

from dosing.domain.errors import AdministrationRefused, IntakeUnreachable
from dosing.http import policies
from dosing.http.asking import ask_intake, command_id, keep_refusal
from dosing.http.call import DosingCall
from dosing.http.schemas.drug import (
    AdministrationBody,
    CheckBody,
    Checked,
    DoseList,
    DoseView,
    DrawBody,
    Drawn,
)
from dosing.store import doses, sessions
from dosing.use_cases.administer_dose import AdministerDose, administer_dose
from dosing.use_cases.check_dose import CheckDose, check_dose
from dosing.use_cases.draw_drug import DrawDrug, draw_drug

routes = Routes("administrations")


@routes.post("/v1/sessions/{session_id}/draws", policy=policies.DRAW_DRUG)
async def post_draw(call: DosingCall, session_id: UUID, body: DrawBody) -> Drawn:
    """Draw drug from a container. Refused with every rule that does not hold."""
    command = DrawDrug(
        session_id=session_id,
        container_id=body.container_id,
        amount_mg=body.amount_mg,
        by=call.caller,
    )
    async with call.transaction() as tx:
        draw_id, container = await draw_drug(command, tx)
        answer = Drawn(draw_id=draw_id, container_id=container.id, balance_mg=container.balance_mg)
        return call.answer(answer)


@routes.post("/v1/sessions/{session_id}/checks", policy=policies.CHECK_DOSE)
async def post_check(call: DosingCall, session_id: UUID, body: CheckBody) -> Checked:
    """Check a drawn dose as the second person."""
    command = CheckDose(
        session_id=session_id,
        draw_id=body.draw_id,
        amount_mg=body.amount_mg,
        volume_ml=body.volume_ml,
        units=body.units,
        by=call.caller,
    )
    async with call.transaction() as tx:
        return call.answer(Checked(id=await check_dose(command, tx)))


@routes.post("/v1/sessions/{session_id}/administrations", policy=policies.ADMINISTER_DOSE)
async def post_administration(
    call: DosingCall, session_id: UUID, body: AdministrationBody
) -> DoseView:
    """Give a dose, or a further part of it. Refused with every rule that does not hold."""
    session, answer = await ask_intake(call, session_id)
    command = AdministerDose(
        command_id=command_id(call),
        session_id=session_id,
        patient_id=session.patient_id,
        draw_id=body.draw_id,
        amount_mg=body.amount_mg,
        administered_at=body.administered_at,
        by=call.caller,
    )
    clock, freshness = call.deps.clock, call.deps.freshness
    try:
        async with call.transaction() as tx:
            given = await administer_dose(command, answer, clock, freshness, tx)
            return call.answer(DoseView.of(given))
    except (AdministrationRefused, IntakeUnreachable) as refused:
        await keep_refusal(call, session_id, refused)
        raise


@routes.get("/v1/sessions/{session_id}/administrations", policy=policies.READ_SESSION)
async def list_administrations(call: DosingCall, session_id: UUID) -> DoseList:
    """The doses of a session, oldest first."""
    async with call.transaction() as tx:
        admit_site(call.caller, (await sessions.find(tx, session_id)).site_id)
        given = await doses.of_session(tx, session_id)
        return call.answer(DoseList(items=[DoseView.of(one) for one in given]))
