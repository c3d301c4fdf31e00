"""Let the patient go, if every criterion holds or may be overridden and is."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.auth import Caller
from kairos_chassis.clock import Clock
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.policy import admit_site

from dosing import data, publish
from dosing.domain import discharge, overrides, staff
from dosing.domain.discharge import Leaving
from dosing.domain.errors import DischargeRefused
from dosing.domain.follow_up import Occasion
from dosing.domain.overrides import Override
from dosing.domain.session import Session, State
from dosing.domain.staff import Act
from dosing.store import departures, doses, exposures, practitioners, sessions
from dosing.store.watch_timers import ESCORT_PAGE, cancel, cancel_overdue
from dosing.use_cases.discharge_facts import discharge_facts
from dosing.use_cases.request_follow_ups import RequestFollowUps, request_follow_ups


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargePatient:
    """A clinician signs that the patient leaves."""

    session_id: UUID
    leaving: Leaving
    overrides: Sequence[Override] = ()
    language: str = "en"  # of the instructions given
    version: int  # as the caller has read it
    by: Caller


async def discharge_patient(command: DischargePatient, clock: Clock, tx: Transaction) -> Session:
    """End the session and announce it with the calls that are owed, all or nothing.

    Raises SessionNotFound (404), StaleVersion (412), SessionOver, NotLicensed, NotOverridable,
    DischargeRefused (409) naming every criterion that fails.
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    if session.version != command.version:
        raise StaleVersion
    session.check_open()
    by = command.by.subject
    signer = await practitioners.one(tx, by)
    act = Act.PRESCRIBE if command.overrides else Act.DISCHARGE
    staff.require(signer, act, data.qualifications(), session, tx.now)
    facts = await discharge_facts(session, command.leaving, clock, tx)
    failing = discharge.failing(facts)
    if rules := overrides.remaining(failing, command.overrides, facts.protocol.discharge):
        raise DischargeRefused(rules)
    session = session.move(State.DISCHARGEABLE, by=by, cause="criteria_hold", at=tx.now)
    session = session.move(State.DISCHARGED, by=by, cause="patient_left", at=tx.now)
    sessions.save(tx, session)
    doses.add_discharge(tx, session, command.leaving, by)
    _keep_papers(command, failing, session, tx)
    await outbox.append(tx, publish.session_discharged(session, tx.now))
    await _follow_up(session, tx)
    return session


def _keep_papers(
    command: DischargePatient, failing: Sequence[str], session: Session, tx: Transaction
) -> None:
    by = command.by.subject
    for one in command.overrides:
        if one.criterion in failing:  # what holds anyway was not overridden
            departures.add_override(tx, session.id, one, by)
    paper = data.instructions(command.language)
    departures.add_instructions(tx, session.id, paper.version, paper.sha256, by)
    cancel_overdue(tx, session.id)
    cancel(tx, ESCORT_PAGE, session.id)


async def _follow_up(session: Session, tx: Transaction) -> None:
    history = await exposures.history(tx, session.patient_id)
    first_dose_at = session.first_dose_at
    if first_dose_at is not None and history.sessions_since(None) <= 1:
        asked = RequestFollowUps(session=session, occasion=Occasion.FIRST_DOSE, since=first_dose_at)
        await request_follow_ups(asked, tx)
