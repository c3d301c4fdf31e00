"""An evaluation of the rules, and the prescriber's decision that rests on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from intake.domain.rule_errors import (
    NothingToOverride,
    NotOverridable,
    ProposalSettled,
    SameSigner,
    WrongPhase,
)
from intake.domain.rules import Finding, Outcome, Override, Phase, RuleResult, RuleSet, gravest


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
    phase: Phase = Phase.SCREENING
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
    overrides: tuple[Attestation, ...] = ()  # of rules that exclude or hold
    second_signer: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideProposal:
    """A prescriber would decide eligible over a rule; a second signer makes it a decision."""

    id: UUID
    patient_id: UUID
    evaluation_id: UUID
    overrides: tuple[Attestation, ...]
    attestations: tuple[Attestation, ...]
    proposed_by: UUID
    proposed_at: datetime
    decision_id: UUID | None = None
    version: int = 1

    def settle(self, decision_id: UUID, signer: UUID) -> "OverrideProposal":
        """The proposal, signed. Raises ProposalSettled, SameSigner."""
        if self.decision_id is not None:
            raise ProposalSettled
        if signer == self.proposed_by:
            raise SameSigner
        return replace(self, decision_id=decision_id, version=self.version + 1)


def check_current(
    evaluation: Evaluation, newest: UUID | None, rule_set_version: str, inputs: Mapping[str, Any]
) -> None:
    """A decision rests on what is known now. Raises WrongPhase, EvaluationOutdated."""
    if evaluation.phase is not Phase.SCREENING:
        raise WrongPhase
    same_rules = evaluation.rule_set_version == rule_set_version
    if evaluation.id != newest or not same_rules or dict(evaluation.inputs) != dict(inputs):
        raise EvaluationOutdated


def reopened(
    evaluation: Evaluation, rules: RuleSet, now: Mapping[str, Any], openly_unknown: frozenset[str]
) -> Outcome | None:
    """What has become of a decision: the gravest outcome of a rule that speaks otherwise than in
    the evaluation it rests on. None: it stands. `now` are the inputs as known now.

    What has only grown too old to count does not undo a decision; what somebody says is not
    known after all is for review.
    """
    weighed = {r.rule: r.finding for r in evaluation.results}

    def anew(result: RuleResult) -> bool:
        before = weighed.get(result.rule)
        if result.finding is Finding.UNKNOWN:
            return before is Finding.PASS and bool(openly_unknown & set(result.unknown))
        text = rules.find(result.rule).text
        moved = any(evaluation.inputs.get(n) != now.get(n) for n in text.inputs)
        return before is not Finding.HIT or (text.reopens_on_change and moved)

    today = rules.evaluate(evaluation.route, now)
    return gravest(r.outcome for r in today if r.finding is not Finding.PASS and anew(r))


def stand_against_today(rules: RuleSet, today: Sequence[RuleResult]) -> tuple[str, ...]:
    """The rules about this day that forbid a dose: those that hit, and those that exclude and
    cannot be told."""
    excluding = {r.text.id for r in rules.rules if r.text.outcome is Outcome.EXCLUDE}
    forbids = (Outcome.EXCLUDE, Outcome.HOLD)
    return tuple(
        r.rule
        for r in today
        if r.outcome in forbids or (r.finding is Finding.UNKNOWN and r.rule in excluding)
    )


def check_attested(
    evaluation: Evaluation,
    outcome: DecisionOutcome,
    attestations: Sequence[Attestation],
    overridden: Sequence[str] = (),
) -> None:
    """Whether the prescriber may sign this. Raises RulesForbid, AttestationMissing,
    AttestationUnfounded."""
    asked = evaluation.rules_with(Outcome.REVIEW, Outcome.MONITOR)
    given = [attestation.rule for attestation in attestations]
    if len(set(given)) != len(given) or set(given) - set(asked):
        raise AttestationUnfounded
    if outcome is not DecisionOutcome.ELIGIBLE:
        return
    forbidding = evaluation.rules_with(Outcome.EXCLUDE, Outcome.HOLD)
    if standing := [rule for rule in forbidding if rule not in overridden]:
        raise RulesForbid(standing)
    if missing := [rule for rule in asked if rule not in given]:
        raise AttestationMissing(missing)


def check_overrides(
    evaluation: Evaluation, rules: RuleSet, overrides: Sequence[Attestation]
) -> None:
    """Whether these rules may be decided over. Raises NothingToOverride, AttestationUnfounded,
    NotOverridable."""
    forbidding = evaluation.rules_with(Outcome.EXCLUDE, Outcome.HOLD)
    given = [override.rule for override in overrides]
    if not forbidding:
        raise NothingToOverride
    if len(set(given)) != len(given) or set(given) - set(forbidding):
        raise AttestationUnfounded
    absolute = [rule for rule in given if rules.find(rule).text.override is Override.NEVER]
    if absolute:
        raise NotOverridable(absolute)
