"""Drawing, checking and giving a dose over HTTP."""

from uuid import UUID, uuid5

from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site

from dosing.domain.errors import AdministrationRefused, IntakeUnreachable
from dosing.domain.session import Session
from dosing.http import policies
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
from dosing.use_cases.record_refusal import RecordRefusal, record_refusal

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
        by=call.caller,
    )
    async with call.transaction() as tx:
        return call.answer(Checked(id=await check_dose(command, tx)))


@routes.post("/v1/sessions/{session_id}/administrations", policy=policies.ADMINISTER_DOSE)
async def post_administration(
    call: DosingCall, session_id: UUID, body: AdministrationBody
) -> DoseView:
    """Give a dose. Refused with every rule of the gate that does not hold."""
    session = await _session(call, session_id)
    # Outside any transaction: no lock of ours waits for another service.
    answer = await call.deps.intake.confirm(
        session.patient_id,
        session.route,
        network_id=call.network_id,
        acting_for=call.caller.subject,
    )
    command = AdministerDose(
        command_id=uuid5(call.caller.subject, call.headers["idempotency-key"]),
        session_id=session_id,
        patient_id=session.patient_id,
        draw_id=body.draw_id,
        amount_mg=body.amount_mg,
        administered_at=body.administered_at,
        by=call.caller,
    )
    try:
        async with call.transaction() as tx:
            given = await administer_dose(command, answer, call.deps.clock, tx)
            return call.answer(DoseView.of(given))
    except (AdministrationRefused, IntakeUnreachable) as refused:
        await _keep(call, command, refused)
        raise


@routes.get("/v1/sessions/{session_id}/administrations", policy=policies.READ_SESSION)
async def list_administrations(call: DosingCall, session_id: UUID) -> DoseList:
    """The doses of a session, oldest first."""
    async with call.transaction() as tx:
        admit_site(call.caller, (await sessions.find(tx, session_id)).site_id)
        given = await doses.of_session(tx, session_id)
        return call.answer(DoseList(items=[DoseView.of(one) for one in given]))


async def _session(call: DosingCall, session_id: UUID) -> Session:
    async with call.deps.db.transaction(call.network_id) as tx:
        session = await sessions.find(tx, session_id)
    call.about(session.patient_id)
    admit_site(call.caller, session.site_id)
    return session


async def _keep(
    call: DosingCall, dose: AdministerDose, refused: AdministrationRefused | IntakeUnreachable
) -> None:
    """The refusal outlives the transaction it undid: nobody hears of it before it is kept."""
    command = RecordRefusal(
        command_id=dose.command_id,
        session_id=dose.session_id,
        rules=refused.rules,
        requested_by=call.caller.subject,
    )
    async with call.deps.db.transaction(call.network_id) as tx:
        await record_refusal(command, tx)
