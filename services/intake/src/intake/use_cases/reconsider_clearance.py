"""Derive a patient's clearance anew, after anything it depends on has changed."""

from typing import Final
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_chassis.timers import cancel, schedule

from intake import publish
from intake.domain.clearance import Clearance, Decided, derive
from intake.domain.eligibility import DecisionOutcome, reopened
from intake.domain.rules import Outcome
from intake.store import clearances, concerns, consents, decisions, evaluations, merges, patients
from intake.use_cases.gather_inputs import gather_inputs
from intake.use_cases.rules_in_force import rules_in_force

EXPIRY: Final = "clearance.review"
_REOPENED: Final = {
    Outcome.EXCLUDE: "decision_excluded",
    Outcome.HOLD: "decision_held",
    Outcome.REVIEW: "decision_in_review",
    Outcome.MONITOR: "decision_in_review",  # the monitoring was not weighed by anybody yet
}


async def reconsider_clearance(locked: Clearance, tx: Transaction) -> Clearance:
    """Keep and announce the clearance if it changed, in the transaction of the cause.

    `locked` was taken with `clearances.lock` before the cause was read, so that nobody confirms
    or changes it in between. A timer is set for the moment when the next cause runs out.
    """
    patient_id = locked.patient_id
    records = await merges.records(tx, patient_id)
    blocked = [await concerns.blocking(tx, one) for one in records]
    patient = await patients.find(tx, patient_id)
    ended = patient.erased_at is not None or await merges.merged(tx, patient_id) is not None
    routes = derive(
        {} if ended else await _decided(patient_id, tx),
        () if ended else await consents.agreed(tx, patient_id),
        safety_blocked=any(blocked),
        now=tx.now,
        ended=ended,
    )
    changed = locked.reconsidered(routes, tx.now)
    if changed is not locked:
        clearances.save(tx, changed)
        await outbox.append(tx, publish.clearance_changed(changed))
    if changed.next_expiry is not None:
        schedule(tx, EXPIRY, patient_id, changed.next_expiry, patient_id=patient_id)
    else:
        cancel(tx, EXPIRY, patient_id)
    return changed


async def _decided(patient_id: UUID, tx: Transaction) -> dict[str, Decided]:
    """The newest decision of every route, held against what is known of the patient now."""
    newest = await decisions.newest(tx, patient_id)
    if not newest:
        return {}
    rules = await rules_in_force(patient_id, tx)
    gathered = await gather_inputs(patient_id, tx)
    decided = {}
    for one in newest:
        outcome = None
        if one.outcome is DecisionOutcome.ELIGIBLE:
            evaluation = await evaluations.find(tx, one.evaluation_id)
            outcome = reopened(evaluation, rules, gathered.values, gathered.openly_unknown)
        decided[one.route] = Decided(
            outcome=one.outcome,
            expires_at=one.expires_at,
            extra_monitoring=one.extra_monitoring,
            reopened=None if outcome is None else _REOPENED[outcome],
        )
    return decided
