"""Write why a dose is worth it at a moderately raised blood pressure."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data
from dosing.domain import staff
from dosing.domain.care_errors import ObservationNotFound
from dosing.domain.staff import Act
from dosing.store import (
    courses,
    notes,
    observations,
    orders,
    practitioners,
    protocols,
    sessions,
)
from dosing.use_cases.make_ready import make_ready


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteBenefitRisk:
    """A prescriber's note on one repeated reading: a later reading takes a note of its own."""

    session_id: UUID
    observation_id: UUID
    note: str
    by: Caller


async def note_benefit_risk(command: NoteBenefitRisk, tx: Transaction) -> UUID:
    """Keep it; the gate asks for it. Returns its id.

    Raises SessionNotFound, ObservationNotFound (404), SessionOver, NotLicensed (409).
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    session.check_open()
    by = command.by.subject
    person = await practitioners.one(tx, by)
    staff.require(person, Act.PRESCRIBE, data.qualifications(), session, tx.now)
    seen = await observations.of_session(tx, session.id)
    if command.observation_id not in {one.id for one in seen}:
        raise ObservationNotFound
    note_id = uuid7()
    notes.add_benefit_risk(tx, note_id, session.id, command.observation_id, command.note, by)
    await make_ready(
        session,
        await orders.latest_of(tx, session.id),
        seen,
        await protocols.pinned(tx, session),
        by=by,
        tx=tx,
        noted=await courses.noted(tx, session.id),
    )
    return note_id
