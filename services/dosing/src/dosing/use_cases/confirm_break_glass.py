"""Agree to break the glass, as the second clinician."""

from dataclasses import dataclass, replace
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site

from dosing import data
from dosing.domain import staff
from dosing.domain.break_glass import BreakGlass
from dosing.domain.care_errors import GlassConfirmed, PrescriberNeeded
from dosing.domain.staff import Act
from dosing.store import glasses, practitioners, sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmBreakGlass:
    """Another clinician than the one who asked."""

    break_glass_id: UUID
    by: Caller


async def confirm_break_glass(command: ConfirmBreakGlass, tx: Transaction) -> BreakGlass:
    """Keep it: for a quarter of an hour one dose may be given by it.

    Raises GlassNotFound (404), SamePerson, NotLicensed, PrescriberNeeded, GlassConfirmed (409).
    """
    glass = await glasses.find(tx, command.break_glass_id)
    session = await sessions.lock(tx, glass.session_id)
    admit_site(command.by, session.site_id)
    session.check_open()
    by = command.by.subject
    glass.check_second(by)
    if glass.confirmed_at is not None:
        raise GlassConfirmed
    people = await practitioners.load(tx, [by, glass.asked_by])
    staff.require(people[by], Act.ADMINISTER, data.qualifications(), session, tx.now)
    day, state, ways = staff.day_at(session, tx.now), session.site_state, data.qualifications()
    if not any(staff.qualified(p, Act.PRESCRIBE, ways, day, state) for p in people.values()):
        raise PrescriberNeeded
    glasses.confirm(tx, glass.id, by)
    return replace(glass, confirmed_by=by, confirmed_at=tx.now)
