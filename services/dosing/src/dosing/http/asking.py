"""What starting a dose and starting an infusion over HTTP have in common."""

from uuid import UUID, uuid5

from kairos_chassis.policy import admit_site

from dosing.domain.clearance import Answer
from dosing.domain.errors import AdministrationRefused, IntakeUnreachable
from dosing.domain.session import Session
from dosing.http.call import DosingCall
from dosing.store import sessions
from dosing.use_cases.record_refusal import RecordRefusal, record_refusal


def command_id(call: DosingCall) -> UUID:
    """Names the request: a repeat has the same."""
    return uuid5(call.caller.subject, call.headers["idempotency-key"])


async def ask_intake(call: DosingCall, session_id: UUID) -> tuple[Session, Answer]:
    """The session, and what intake says now. Outside any transaction: no lock of ours waits for
    another service."""
    async with call.deps.db.transaction(call.network_id) as tx:
        session = await sessions.find(tx, session_id)
    call.about(session.patient_id)
    admit_site(call.caller, session.site_id)
    answer = await call.deps.intake.confirm(
        session.patient_id,
        session.route,
        network_id=call.network_id,
        acting_for=call.caller.subject,
    )
    return session, answer


async def keep_refusal(
    call: DosingCall, session_id: UUID, refused: AdministrationRefused | IntakeUnreachable
) -> None:
    """The refusal outlives the transaction it undid: nobody hears of it before it is kept."""
    command = RecordRefusal(
        command_id=command_id(call),
        session_id=session_id,
        rules=refused.rules,
        requested_by=call.caller.subject,
    )
    async with call.deps.db.transaction(call.network_id) as tx:
        await record_refusal(command, tx)
