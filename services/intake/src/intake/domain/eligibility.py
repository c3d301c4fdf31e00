"""An evaluation of the rules, and the prescriber's decision that rests on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from intake.domain.errors import (
    AttestationMissing,
    AttestationUnfounded,
    EvaluationOutdated,
    RulesForbid,
)
from intake.domain.rules import Finding, Outcome, RuleResult


class DecisionOutcome(StrEnum):
    """What a prescriber decides for one route."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    DEFERRED = "deferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a version of the rules found from these inputs, for one route."""

    id: UUID
    patient_id: UUID
    route: str
    rule_set_version: str
    inputs: Mapping[str, Any]
    results: tuple[RuleResult, ...]
    evaluated_at: datetime
    evaluated_by: UUID

    def rules_with(self, *outcomes: Outcome) -> tuple[str, ...]:
        """The rules that ask for one of these outcomes."""
        return tuple(r.rule for r in self.results if r.outcome in outcomes)

    @property
    def monitoring(self) -> tuple[str, ...]:
        """What has to be watched beyond the protocol: open codes."""
        codes = {code for result in self.results for code in result.monitoring}
        return tuple(sorted(codes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """Why a prescriber treats although a rule asks for review or monitoring."""

    rule: str
    reason: str  # a code of the network's policy
    note: str | None = None  # words of the prescriber; never leaves this service


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Signed once; a new decision takes its place."""

    id: UUID
    patient_id: UUID
    route: str
    evaluation_id: UUID
    rule_set_version: str
    outcome: DecisionOutcome
    attestations: tuple[Attestation, ...]
    extra_monitoring: tuple[str, ...]
    decided_by: UUID
    decided_at: datetime
    expires_at: datetime


def check_current(
    evaluation: Evaluation, newest: UUID | None, rule_set_version: str, inputs: Mapping[str, Any]
) -> None:
    """A decision rests on what is known now. Raises EvaluationOutdated."""
    same_rules = evaluation.rule_set_version == rule_set_version
    if evaluation.id != newest or not same_rules or dict(evaluation.inputs) != dict(inputs):
        raise EvaluationOutdated


def contradicts(evaluation: Evaluation, today: Sequence[RuleResult]) -> bool:
    """Whether a rule hits today that did not hit in the evaluation a decision rests on.

    What has only grown too old to count is unknown, no hit: it does not undo a decision.
    """
    weighed = {r.rule for r in evaluation.results if r.finding is Finding.HIT}
    return any(r.finding is Finding.HIT and r.rule not in weighed for r in today)


def check_attested(
    evaluation: Evaluation, outcome: DecisionOutcome, attestations: Sequence[Attestation]
) -> None:
    """Whether the prescriber may sign this. Raises RulesForbid, AttestationMissing,
    AttestationUnfounded."""
    asked = evaluation.rules_with(Outcome.REVIEW, Outcome.MONITOR)
    given = [attestation.rule for attestation in attestations]
    if len(set(given)) != len(given) or set(given) - set(asked):
        raise AttestationUnfounded
    if outcome is not DecisionOutcome.ELIGIBLE:
        return
    if forbidding := evaluation.rules_with(Outcome.EXCLUDE, Outcome.HOLD):
        raise RulesForbid(forbidding)
    if missing := [rule for rule in asked if rule not in given]:
        raise AttestationMissing(missing)
