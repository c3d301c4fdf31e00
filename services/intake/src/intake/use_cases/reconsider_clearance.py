"""Derive a patient's clearance anew, after anything it depends on has changed."""

from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from intake import publish
from intake.data.rules import rule_set
from intake.domain.clearance import Clearance, Decided, derive
from intake.domain.eligibility import DecisionOutcome, contradicts
from intake.store import clearances, concerns, consents, decisions, evaluations
from intake.use_cases.gather_inputs import gather_inputs


async def reconsider_clearance(locked: Clearance, tx: Transaction) -> Clearance:
    """Keep and announce the clearance if it changed, in the transaction of the cause.

    `locked` was taken with `clearances.lock` before the cause was read, so that nobody confirms
    or changes it in between.
    """
    patient_id = locked.patient_id
    routes = derive(
        await _decided(patient_id, tx),
        await consents.agreed(tx, patient_id),
        safety_blocked=bool(await concerns.blocking(tx, patient_id)),
        now=tx.now,
    )
    changed = locked.reconsidered(routes, tx.now)
    if changed is not locked:
        clearances.save(tx, changed)
        await outbox.append(tx, publish.clearance_changed(changed))
    return changed


async def _decided(patient_id: UUID, tx: Transaction) -> dict[str, Decided]:
    """The newest decision of every route, held against what is known of the patient now."""
    newest = await decisions.newest(tx, patient_id)
    inputs = await gather_inputs(patient_id, tx) if newest else {}
    decided = {}
    for one in newest:
        contradicted = False
        if one.outcome is DecisionOutcome.ELIGIBLE:
            evaluation = await evaluations.find(tx, one.evaluation_id)
            contradicted = contradicts(evaluation, rule_set().evaluate(one.route, inputs))
        decided[one.route] = Decided(
            outcome=one.outcome,
            expires_at=one.expires_at,
            extra_monitoring=one.extra_monitoring,
            contradicted=contradicted,
        )
    return decided
