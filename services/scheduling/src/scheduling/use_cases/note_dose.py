"""Note that a patient has had a dose, and what is owed after it."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kairos_chassis import timers
from kairos_chassis.db import Transaction

from scheduling.data import integration_policy
from scheduling.domain.integration_duty import DutyState, IntegrationDuty
from scheduling.store import duties, monitors

DEADLINE = "integration.deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDose:
    """What dosing has charted."""

    patient_id: UUID
    session_id: UUID
    visit_id: UUID
    site_id: UUID
    route: str
    at: datetime


async def note_dose(command: NoteDose, tx: Transaction) -> None:
    """The next dose is not the first, and integration is due from the last one of the session.

    It is watched from the dose and not from the discharge: who leaves early is owed it as well.
    """
    tx.about(command.patient_id)
    await monitors.keep_dose(tx, command.patient_id, at=command.at)
    known = await duties.lock(tx, command.session_id)
    if known is not None and (known.last_dose_at >= command.at or known.settled_at is not None):
        return
    due_at = integration_policy().due_at(command.route, command.at)
    duty = IntegrationDuty(
        session_id=command.session_id,
        patient_id=command.patient_id,
        site_id=command.site_id,
        dosing_visit_id=command.visit_id,
        route=command.route,
        last_dose_at=command.at,
        due_at=due_at,
    )
    if known is not None:
        duty = replace(known, last_dose_at=command.at, due_at=due_at)
    await duties.save(tx, duty)
    if duty.state is DutyState.OWED:
        patient = command.patient_id
        timers.schedule(tx, DEADLINE, command.session_id, due_at, patient_id=patient)
