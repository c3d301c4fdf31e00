"""Evaluations and decisions, as asked and answered."""

from typing import Annotated, Any
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant, Route
from pydantic import Field, StringConstraints

from intake.domain.eligibility import Attestation, Decision, DecisionOutcome, Evaluation
from intake.domain.rules import Finding, Outcome, Phase, RuleResult
from intake.http.schemas.texts import Note

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2,3}$")]


class EvaluateBody(Body):
    """The route the patient is to be treated by; `visit` asks about today, `order` about weight."""

    route: Route
    phase: Phase = Phase.SCREENING


class RuleResultView(Answer):
    """What one rule found. `outcome` X exclude, H hold, R review, M monitor; null when passed."""

    rule: str
    finding: Finding
    outcome: Outcome | None
    unknown: list[str]
    monitoring: list[str]
    explanation: str

    @classmethod
    def of(cls, result: RuleResult) -> "RuleResultView":
        """The view of a result."""
        return cls(
            rule=result.rule,
            finding=result.finding,
            outcome=result.outcome,
            unknown=list(result.unknown),
            monitoring=list(result.monitoring),
            explanation=result.explanation,
        )


class EvaluationView(Answer):
    """What the rules found. `attest` are the rules a decision to treat needs a reason for,
    `forbidden_by` those that do not let it be taken."""

    id: UUID
    patient_id: UUID
    route: Route
    phase: Phase
    rule_set_version: str
    inputs: dict[str, Any]
    results: list[RuleResultView]
    attest: list[str]
    forbidden_by: list[str]
    extra_monitoring: list[str]
    evaluated_at: Instant
    evaluated_by: UUID

    @classmethod
    def of(cls, evaluation: Evaluation) -> "EvaluationView":
        """The view of an evaluation."""
        return cls(
            id=evaluation.id,
            patient_id=evaluation.patient_id,
            route=Route(evaluation.route),
            phase=evaluation.phase,
            rule_set_version=evaluation.rule_set_version,
            inputs=dict(evaluation.inputs),
            results=[RuleResultView.of(result) for result in evaluation.results],
            attest=list(evaluation.rules_with(Outcome.REVIEW, Outcome.MONITOR)),
            forbidden_by=list(evaluation.rules_with(Outcome.EXCLUDE, Outcome.HOLD)),
            extra_monitoring=list(evaluation.monitoring),
            evaluated_at=evaluation.evaluated_at,
            evaluated_by=evaluation.evaluated_by,
        )


class AttestationBody(Body):
    """Why a rule's request for review or monitoring does not stand against treatment."""

    rule: RuleId
    reason: Code
    note: Note | None = None

    def to_domain(self) -> Attestation:
        """As the domain knows it."""
        return Attestation(rule=self.rule, reason=self.reason, note=self.note)


class DecisionBody(Body):
    """A decision on the route of the evaluation."""

    evaluation_id: UUID
    outcome: DecisionOutcome
    attestations: Annotated[list[AttestationBody], Field(default_factory=list, max_length=100)]


class AttestationView(Answer):
    """A reason as attested."""

    rule: str
    reason: str
    note: str | None

    @classmethod
    def of(cls, attested: Attestation) -> "AttestationView":
        """The view of an attestation."""
        return cls(rule=attested.rule, reason=attested.reason, note=attested.note)


class DecisionView(Answer):
    """A signed decision."""

    id: UUID
    patient_id: UUID
    route: Route
    evaluation_id: UUID
    rule_set_version: str
    outcome: DecisionOutcome
    attestations: list[AttestationView]
    extra_monitoring: list[str]
    decided_by: UUID
    decided_at: Instant
    expires_at: Instant
    overrides: list[AttestationView]
    second_signer: UUID | None

    @classmethod
    def of(cls, decision: Decision) -> "DecisionView":
        """The view of a decision."""
        return cls(
            id=decision.id,
            patient_id=decision.patient_id,
            route=Route(decision.route),
            evaluation_id=decision.evaluation_id,
            rule_set_version=decision.rule_set_version,
            outcome=decision.outcome,
            attestations=[AttestationView.of(a) for a in decision.attestations],
            extra_monitoring=list(decision.extra_monitoring),
            decided_by=decision.decided_by,
            decided_at=decision.decided_at,
            expires_at=decision.expires_at,
            overrides=[AttestationView.of(o) for o in decision.overrides],
            second_signer=decision.second_signer,
        )


class DecisionList(Answer):
    """The newest decision of every route that has one."""

    items: list[DecisionView]
