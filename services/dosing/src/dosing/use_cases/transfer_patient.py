"""Hand a dosed patient over to a hospital."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.policy import admit_site

from dosing import data
from dosing.domain import staff
from dosing.domain.errors import DrugUnaccounted
from dosing.domain.follow_up import Occasion
from dosing.domain.infusion_errors import InfusionRunning
from dosing.domain.ledger import held
from dosing.domain.session import Session, State
from dosing.domain.staff import Act
from dosing.store import containers, courses, practitioners, sessions
from dosing.store.watch_timers import ESCORT_PAGE, cancel, cancel_overdue
from dosing.use_cases.request_follow_ups import RequestFollowUps, request_follow_ups


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferPatient:
    """Emergency services have taken over."""

    session_id: UUID
    cause: str  # a code: what made it necessary
    version: int  # as the caller has read it
    by: Caller


async def transfer_patient(command: TransferPatient, tx: Transaction) -> Session:
    """End the session here; the adverse event is charted apart.

    Raises SessionNotFound (404), StaleVersion (412), IllegalMove, NotLicensed, InfusionRunning,
    DrugUnaccounted (409).
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    if session.version != command.version:
        raise StaleVersion
    by = command.by.subject
    person = await practitioners.one(tx, by)
    staff.require(person, Act.DISCHARGE, data.qualifications(), session, tx.now)
    moved = session.move(State.TRANSFERRED, by=by, cause=command.cause, at=tx.now)
    if (await courses.of_session(tx, session.id)).infusing:
        raise InfusionRunning
    if held(await containers.entries_of_session(tx, session.id)) != 0:
        raise DrugUnaccounted
    sessions.save(tx, moved)
    cancel_overdue(tx, session.id)
    cancel(tx, ESCORT_PAGE, session.id)
    asked = RequestFollowUps(session=moved, occasion=Occasion.TRANSFER, since=tx.now)
    await request_follow_ups(asked, tx)
    return moved
