"""Confirm, at the moment of administration, that a patient may be dosed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake.data.policy import policy
from intake.domain.eligibility import stand_against_today
from intake.domain.errors import NotCleared
from intake.domain.rules import Phase
from intake.store import clearances
from intake.use_cases.gather_inputs import gather_inputs
from intake.use_cases.rules_in_force import rules_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmClearance:
    """A drug is about to be given."""

    patient_id: UUID
    route: str
    acting_for: UUID  # the clinician who gives it


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """The dose may rely on this until `valid_until`, if it is of this clearance version."""

    id: UUID
    patient_id: UUID
    route: str
    clearance_version: int
    extra_monitoring: tuple[str, ...]
    confirmed_at: datetime
    valid_until: datetime


async def confirm_clearance(command: ConfirmClearance, tx: Transaction) -> Confirmation:
    """Decide under the lock that every change of the clearance takes, and keep the proof.

    A revocation that committed before this began is always seen; one that commits later reaches
    dosing as an event. What has run out by now is not cleared, although no timer has said so yet.
    A rule about this day that hits refuses by its name; unknown is refused where it would exclude,
    and is otherwise for the gates of the check-in, which ask for it.
    Raises PatientNotFound (404), NotCleared (409).
    """
    clearance = await clearances.lock(tx, command.patient_id)
    valid_for = timedelta(seconds=policy().confirmation_valid_seconds)
    valid_until = clearance.confirm(command.route, now=tx.now, valid_for=valid_for)
    rules = await rules_in_force(command.patient_id, tx)
    gathered = await gather_inputs(command.patient_id, tx)
    today = rules.evaluate(command.route, gathered.values, Phase.VISIT)
    if standing := stand_against_today(rules, today):
        raise NotCleared(standing, clearance.version)
    confirmation = Confirmation(
        id=uuid7(),
        patient_id=command.patient_id,
        route=command.route,
        clearance_version=clearance.version,
        extra_monitoring=clearance.of(command.route, tx.now).extra_monitoring,
        confirmed_at=tx.now,
        valid_until=valid_until,
    )
    clearances.add_confirmation(
        tx,
        confirmation.id,
        clearance,
        command.route,
        acting_for=command.acting_for,
        valid_until=valid_until,
    )
    return confirmation
