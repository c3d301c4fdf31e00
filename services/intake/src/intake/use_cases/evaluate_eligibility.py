"""Evaluate the eligibility rules for a patient and a route."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake.domain.eligibility import Evaluation
from intake.domain.rules import Phase
from intake.store import clearances, evaluations
from intake.use_cases.gather_inputs import gather_inputs
from intake.use_cases.rules_in_force import rules_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateEligibility:
    """Whether the rules would let this patient be treated by this route."""

    patient_id: UUID
    route: str
    evaluated_by: UUID
    phase: Phase = Phase.SCREENING


async def evaluate_eligibility(command: EvaluateEligibility, tx: Transaction) -> Evaluation:
    """Keep what every rule finds, with its inputs and the version of the rules.

    Raises PatientNotFound (404).
    """
    await clearances.lock(tx, command.patient_id)
    rules = await rules_in_force(command.patient_id, tx)
    gathered = await gather_inputs(command.patient_id, tx)
    inputs = gathered.of(rules.inputs(command.phase))
    evaluation = Evaluation(
        id=uuid7(),
        patient_id=command.patient_id,
        route=command.route,
        phase=command.phase,
        rule_set_version=rules.version,
        inputs=inputs,
        results=rules.evaluate(command.route, inputs, command.phase),
        evaluated_at=tx.now,
        evaluated_by=command.evaluated_by,
    )
    evaluations.add(tx, evaluation)
    return evaluation
