"""Evaluations and decisions over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.schemas.eligibility import (
    DecisionBody,
    DecisionList,
    DecisionView,
    EvaluateBody,
    EvaluationView,
)
from intake.store import clearances, decisions, evaluations
from intake.use_cases.decide_eligibility import DecideEligibility, decide_eligibility
from intake.use_cases.evaluate_eligibility import EvaluateEligibility, evaluate_eligibility

routes = Routes("eligibility")


@routes.post("/v1/patients/{patient_id}/evaluations", policy=policies.EVALUATE)
async def post_evaluation(call: IntakeCall, patient_id: UUID, body: EvaluateBody) -> EvaluationView:
    """Evaluate the eligibility rules for a route."""
    command = EvaluateEligibility(
        patient_id=patient_id,
        route=body.route.value,
        phase=body.phase,
        evaluated_by=call.caller.subject,
    )
    async with call.transaction() as tx:
        made = await evaluate_eligibility(command, tx)
        return call.answer(EvaluationView.of(made), location=f"/v1/evaluations/{made.id}")


@routes.get("/v1/evaluations/{evaluation_id}", policy=policies.READ_ELIGIBILITY)
async def get_evaluation(call: IntakeCall, evaluation_id: UUID) -> EvaluationView:
    """One evaluation, as it was made."""
    async with call.transaction() as tx:
        return call.answer(EvaluationView.of(await evaluations.find(tx, evaluation_id)))


@routes.post("/v1/patients/{patient_id}/decisions", policy=policies.DECIDE)
async def post_decision(call: IntakeCall, patient_id: UUID, body: DecisionBody) -> DecisionView:
    """Sign a decision on the route of an evaluation."""
    command = DecideEligibility(
        patient_id=patient_id,
        evaluation_id=body.evaluation_id,
        outcome=body.outcome,
        attestations=[attestation.to_domain() for attestation in body.attestations],
        decided_by=call.caller.subject,
    )
    async with call.transaction() as tx:
        return call.answer(DecisionView.of(await decide_eligibility(command, tx)))


@routes.get("/v1/patients/{patient_id}/decisions", policy=policies.READ_ELIGIBILITY)
async def list_decisions(call: IntakeCall, patient_id: UUID) -> DecisionList:
    """The newest decision of every route that has one."""
    async with call.transaction() as tx:
        await clearances.find(tx, patient_id)
        newest = await decisions.newest(tx, patient_id)
        return call.answer(DecisionList(items=[DecisionView.of(decision) for decision in newest]))
