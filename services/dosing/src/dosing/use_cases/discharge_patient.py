"""Let the patient go, if every criterion holds."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.policy import admit_site

from dosing import data, publish
from dosing.domain import discharge, staff
from dosing.domain.discharge import Leaving
from dosing.domain.errors import DischargeRefused
from dosing.domain.ledger import held
from dosing.domain.session import Session, State
from dosing.domain.staff import Act
from dosing.store import (
    containers,
    doses,
    observations,
    practitioners,
    projections,
    sessions,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargePatient:
    """A clinician signs that the patient leaves."""

    session_id: UUID
    leaving: Leaving
    version: int  # as the caller has read it
    by: Caller


async def discharge_patient(command: DischargePatient, tx: Transaction) -> Session:
    """End the session and announce it, both or neither.

    Raises SessionNotFound (404), StaleVersion (412), SessionOver, NotLicensed, DischargeRefused
    (409) naming every criterion that fails.
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    if session.version != command.version:
        raise StaleVersion
    session.check_open()
    signer = await practitioners.one(tx, command.by.subject)
    staff.require(signer, Act.DISCHARGE, data.qualifications(), session, tx.now)
    if rules := discharge.failing(await _facts(command, session, tx)):
        raise DischargeRefused(rules)
    by = command.by.subject
    session = session.move(State.DISCHARGEABLE, by=by, cause="criteria_hold", at=tx.now)
    session = session.move(State.DISCHARGED, by=by, cause="patient_left", at=tx.now)
    sessions.save(tx, session)
    doses.add_discharge(tx, session, command.leaving, by)
    await outbox.append(tx, publish.session_discharged(session, tx.now))
    return session


async def _facts(command: DischargePatient, session: Session, tx: Transaction) -> discharge.Facts:
    seen = await observations.of_session(tx, session.id)
    given = await doses.of_session(tx, session.id)
    baseline_id = given[0].baseline_observation_id if given else None
    return discharge.Facts(
        session=session,
        protocol=data.protocol(session.protocol_code, session.protocol_version),
        baseline=next((one for one in seen if one.id == baseline_id), None),
        observations=[one for one in seen if one.minutes_since_first_dose is not None],
        leaving=command.leaving,
        held_mg=held(await containers.entries_of_session(tx, session.id)),
        concern_open=await projections.concern_open(tx, session.patient_id),
        now=tx.now,
    )
