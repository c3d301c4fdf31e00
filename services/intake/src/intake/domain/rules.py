"""Eligibility rules: what excludes, holds, asks for review or for extra monitoring.

An unknown input is never a pass: the rule then asks for review, unless what is known already
meets it with a graver outcome.
"""

from collections.abc import Callable, Iterable, Mapping
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


def gravest(outcomes: Iterable[Outcome | None]) -> Outcome | None:
    """What several rules ask for together; None where all pass."""
    return max((o for o in outcomes if o is not None), key=GRAVITY.__getitem__, default=None)


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


class Phase(StrEnum):
    """When a rule speaks: for a decision, about the day of a visit, or with each order."""

    SCREENING = "screening"
    VISIT = "visit"
    ORDER = "order"


class Override(StrEnum):
    """Who may decide eligible although the rule excludes or holds."""

    NEVER = "never"
    SECOND_SIGNER = "second_signer"


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
    optional: tuple[str, ...] = ()  # may be unknown where the others decide without them
    outcome: Outcome
    routes: tuple[str, ...]
    monitoring: tuple[str, ...] = ()
    phase: Phase = Phase.SCREENING
    override: Override = Override.NEVER
    reopens_on_change: bool = False  # of an input, although it has been weighed at another value
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
        met = self.met_by({n: inputs[n] for n in self.text.inputs if inputs.get(n) is not None})
        undecided = met is None or not set(unknown) <= set(self.text.optional)
        graver = GRAVITY[self.text.outcome] >= GRAVITY[Outcome.REVIEW]
        if met and (graver or not undecided):
            return self._result(Finding.HIT, self.text.outcome, unknown)
        if undecided:
            return self._result(Finding.UNKNOWN, Outcome.REVIEW, unknown)
        return self._result(Finding.PASS, None, ())

    def _unknown(self, inputs: Inputs) -> tuple[str, ...]:
        return tuple(name for name in self.text.inputs if inputs.get(name) is None)

    def _result(
        self, finding: Finding, outcome: Outcome | None, unknown: tuple[str, ...]
    ) -> RuleResult:
        words = self.text.explanation
        if finding is Finding.UNKNOWN:
            words = f"Not known: {', '.join(n.replace('_', ' ') for n in unknown)}. {words}"
        return RuleResult(
            rule=self.text.id,
            finding=finding,
            outcome=outcome,
            unknown=unknown,
            monitoring=() if finding is Finding.PASS else self.text.monitoring,
            explanation=words,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """One version of all rules."""

    version: str
    rules: tuple[Rule, ...]

    def evaluate(
        self, route: str, inputs: Inputs, phase: Phase = Phase.SCREENING
    ) -> tuple[RuleResult, ...]:
        """What every rule of a phase that concerns the route finds."""
        return tuple(r.evaluate(inputs) for r in self.of(phase) if route in r.text.routes)

    def of(self, phase: Phase) -> tuple[Rule, ...]:
        """The rules of a phase."""
        return tuple(rule for rule in self.rules if rule.text.phase is phase)

    def find(self, rule: str) -> Rule:
        """A rule by its id. Raises KeyError."""
        for one in self.rules:
            if one.text.id == rule:
                return one
        raise KeyError(rule)

    def inputs(self, phase: Phase) -> frozenset[str]:
        """Every input any rule of a phase reads."""
        return frozenset(name for rule in self.of(phase) for name in rule.text.inputs)
