"""The ends of a dosed session over HTTP: discharge, leaving against advice, transfer."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from dosing.domain.errors import DischargeRefused
from dosing.domain.overrides import Override
from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.schemas.sessions import DepartureBody, DischargeBody, SessionView, TransferBody
from dosing.http.session_view import view_of
from dosing.use_cases.discharge_patient import DischargePatient, discharge_patient
from dosing.use_cases.hold_for_escort import hold_for_escort
from dosing.use_cases.record_departure import RecordDeparture, record_departure
from dosing.use_cases.transfer_patient import TransferPatient, transfer_patient

_ESCORT_ALONE = frozenset({"escort_absent", "escort_not_identified"})

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
        session_id=session_id,
        leaving=body.leaving(),
        overrides=[
            Override(criterion=one.criterion, reason=one.reason, arrangement=one.arrangement)
            for one in body.overrides
        ],
        language=body.language,
        version=call.if_match,
        by=call.caller,
    )
    try:
        async with call.transaction() as tx:
            session = await discharge_patient(command, call.deps.clock, tx)
            return call.answer(await view_of(tx, session, call), version=session.version)
    except DischargeRefused as refused:
        if _ESCORT_ALONE.issuperset(refused.rules):
            async with call.deps.db.transaction(call.network_id) as tx:
                await hold_for_escort(session_id, tx)
        raise


@routes.post(
    "/v1/sessions/{session_id}/departure",
    policy=policies.DISCHARGE_PATIENT,
    status=200,
    if_match=True,
)
async def post_departure(call: DosingCall, session_id: UUID, body: DepartureBody) -> SessionView:
    """Chart that a patient leaves against advice."""
    command = RecordDeparture(
        session_id=session_id,
        reason=body.reason,
        leaving=body.leaving(),
        risks_explained=body.risks_explained,
        keys_kept=body.keys_kept,
        escort_called=body.escort_called,
        version=call.if_match,
        by=call.caller,
    )
    async with call.transaction() as tx:
        session = await record_departure(command, call.deps.clock, tx)
        return call.answer(await view_of(tx, session, call), version=session.version)


@routes.post(
    "/v1/sessions/{session_id}/transfer",
    policy=policies.DISCHARGE_PATIENT,
    status=200,
    if_match=True,
)
async def post_transfer(call: DosingCall, session_id: UUID, body: TransferBody) -> SessionView:
    """Hand a dosed patient over to a hospital."""
    command = TransferPatient(
        session_id=session_id, cause=body.cause, version=call.if_match, by=call.caller
    )
    async with call.transaction() as tx:
        session = await transfer_patient(command, tx)
        return call.answer(await view_of(tx, session, call), version=session.version)
