"""Sign a decision on whether a patient may be treated by one route."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake import publish
from intake.data.policy import policy
from intake.domain.eligibility import (
    Attestation,
    Decision,
    DecisionOutcome,
    Evaluation,
    check_attested,
    check_current,
    check_overrides,
)
from intake.domain.errors import EvaluationNotFound
from intake.domain.policy import demand_reason
from intake.domain.rules import Phase
from intake.store import clearances, decisions, evaluations
from intake.use_cases.gather_inputs import gather_inputs
from intake.use_cases.reconsider_clearance import reconsider_clearance
from intake.use_cases.rules_in_force import rules_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideEligibility:
    """What a prescriber decides, on an evaluation they have read."""

    patient_id: UUID
    evaluation_id: UUID
    outcome: DecisionOutcome
    attestations: Sequence[Attestation]
    decided_by: UUID
    overrides: Sequence[Attestation] = ()  # with a second signer only
    second_signer: UUID | None = None


async def decide_eligibility(command: DecideEligibility, tx: Transaction) -> Decision:
    """Keep the decision, announce it and what it does to the clearance, all or nothing.

    Raises PatientNotFound, EvaluationNotFound (404), EvaluationOutdated, WrongPhase, RulesForbid,
    AttestationMissing, NothingToOverride, NotOverridable (409), AttestationUnfounded,
    UnknownReason (422).
    """
    clearance = await clearances.lock(tx, command.patient_id)
    evaluation = await evaluations.find(tx, command.evaluation_id)
    if evaluation.patient_id != command.patient_id:
        tx.about(command.patient_id)
        raise EvaluationNotFound
    newest = await evaluations.newest(tx, command.patient_id, evaluation.route)
    rules = await rules_in_force(command.patient_id, tx)
    gathered = await gather_inputs(command.patient_id, tx)
    inputs = gathered.of(rules.inputs(Phase.SCREENING))
    check_current(evaluation, newest, rules.version, inputs)
    for reason in (*command.attestations, *command.overrides):
        demand_reason(reason.reason, policy().attestation_reasons)
    if command.overrides:
        check_overrides(evaluation, rules, command.overrides)
    overridden = [override.rule for override in command.overrides]
    check_attested(evaluation, command.outcome, command.attestations, overridden)
    decision = _signed(command, evaluation, tx)
    decisions.add(tx, decision)
    await outbox.append(tx, publish.eligibility_decided(decision))
    await reconsider_clearance(clearance, tx)
    return decision


def _signed(command: DecideEligibility, evaluation: Evaluation, tx: Transaction) -> Decision:
    return Decision(
        id=uuid7(),
        patient_id=command.patient_id,
        route=evaluation.route,
        evaluation_id=evaluation.id,
        rule_set_version=evaluation.rule_set_version,
        outcome=command.outcome,
        attestations=tuple(command.attestations),
        extra_monitoring=evaluation.monitoring,
        decided_by=command.decided_by,
        decided_at=tx.now,
        expires_at=policy().decision_ends(tx.now),
        overrides=tuple(command.overrides),
        second_signer=command.second_signer,
    )
