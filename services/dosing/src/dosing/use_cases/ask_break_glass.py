"""Ask for the glass to be broken: intake cannot be asked, and the patient waits."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data
from dosing.domain import staff
from dosing.domain.break_glass import BreakGlass, GlassReason
from dosing.domain.staff import Act
from dosing.store import glasses, practitioners, sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class AskBreakGlass:
    """One clinician's reason; a second has to agree."""

    session_id: UUID
    reason: GlassReason
    explanation: str
    by: Caller


async def ask_break_glass(command: AskBreakGlass, tx: Transaction) -> BreakGlass:
    """Keep it. It allows nothing until a second clinician has confirmed it.

    Raises SessionNotFound (404), SessionOver, NotLicensed (409).
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    session.check_open()
    by = command.by.subject
    person = await practitioners.one(tx, by)
    staff.require(person, Act.ADMINISTER, data.qualifications(), session, tx.now)
    asked = BreakGlass(
        id=uuid7(),
        session_id=session.id,
        patient_id=session.patient_id,
        reason=command.reason,
        explanation=command.explanation,
        asked_by=by,
        asked_at=tx.now,
    )
    glasses.add(tx, asked)
    return asked
