"""Eligibility rules: what excludes, holds, asks for review or for extra monitoring.

An unknown input is never a pass: the rule then asks for review, unless what is known already
meets it with a graver outcome.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Inputs = Mapping[str, Any]  # values by name; None is unknown
Predicate = Callable[[Inputs], bool | None]
"""Whether known inputs meet a rule; None where that cannot be told from them."""


class Outcome(StrEnum):
    """What a rule that is met asks for, the gravest first."""

    EXCLUDE = "X"
    HOLD = "H"
    REVIEW = "R"
    MONITOR = "M"


GRAVITY = {outcome: -index for index, outcome in enumerate(Outcome)}


class Finding(StrEnum):
    """What a rule found."""

    PASS = "pass"  # noqa: S105
    HIT = "hit"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """How far a rule follows a label, apart from what the clinic's policy makes of it."""

    CONTRAINDICATED = "contraindicated"
    WARNING = "warning"
    NOT_RECOMMENDED = "not_recommended"
    NOT_ESTABLISHED = "not_established"
    CRITERION = "criterion"
    NOT_IN_LABEL = "not_in_label"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Inputs of which the finding is known; every rule proves itself on its own at load."""

    inputs: Mapping[str, Any]
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """A rule as its file has it."""

    id: str
    expression: str  # CEL, true when the rule is met
    inputs: tuple[str, ...]
    outcome: Outcome
    routes: tuple[str, ...]
    monitoring: tuple[str, ...] = ()
    label_standing: Standing
    clinic_policy: str
    basis: str
    source: str
    explanation: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """What one rule found, in words a clinician can act on."""

    rule: str
    finding: Finding
    outcome: Outcome | None  # None: passed
    unknown: tuple[str, ...]
    monitoring: tuple[str, ...]
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule ready to be asked."""

    text: RuleText
    met_by: Predicate

    def evaluate(self, inputs: Inputs) -> RuleResult:
        """What the rule makes of these inputs."""
        unknown = self._unknown(inputs)
        known = {n: inputs[n] for n in self.text.inputs if inputs.get(n) is not None}
        met = self.met_by(known)
        undecided = bool(unknown) or met is None
        graver = GRAVITY[self.text.outcome] >= GRAVITY[Outcome.REVIEW]
        if met and (graver or not undecided):
            return self._result(Finding.HIT, self.text.outcome, unknown, self.text.monitoring)
        if undecided:
            return self._result(Finding.UNKNOWN, Outcome.REVIEW, unknown, self.text.monitoring)
        return self._result(Finding.PASS, None, (), ())

    def _unknown(self, inputs: Inputs) -> tuple[str, ...]:
        return tuple(name for name in self.text.inputs if inputs.get(name) is None)

    def _result(
        self,
        finding: Finding,
        outcome: Outcome | None,
        unknown: tuple[str, ...],
        monitoring: tuple[str, ...],
    ) -> RuleResult:
        return RuleResult(
            rule=self.text.id,
            finding=finding,
            outcome=outcome,
            unknown=unknown,
            monitoring=monitoring,
            explanation=self.text.explanation,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """One version of all rules."""

    version: str
    rules: tuple[Rule, ...]

    def evaluate(self, route: str, inputs: Inputs) -> tuple[RuleResult, ...]:
        """What every rule that concerns the route finds."""
        return tuple(r.evaluate(inputs) for r in self.rules if route in r.text.routes)

    @property
    def inputs(self) -> frozenset[str]:
        """Every input any rule reads."""
        return frozenset(name for rule in self.rules for name in rule.text.inputs)
