"""Rule sets and overlays: an overlay tightens; what loosens is signed by a medical director."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from intake.domain.rule_errors import LooseningUnsigned, RuleFileUnsound
from intake.domain.rules import GRAVITY, Example, Outcome, Override, RuleText


class ScopeKind(StrEnum):
    """Whom an overlay concerns."""

    NETWORK = "network"
    SITE = "site"
    STATE = "state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Patients of the whole network, of a home site (its id) or of a state (USPS code)."""

    kind: ScopeKind
    value: str = ""

    def concerns(self, site_id: UUID | None, state: str | None) -> bool:
        """Whether a patient of that home site and state is concerned. One of no known site or
        state is not: rules of their own are then the network's."""
        if self.kind is ScopeKind.SITE:
            return site_id is not None and str(site_id) == self.value
        return self.kind is ScopeKind.NETWORK or state == self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an overlay changes about one rule; what is not named stays."""

    rule: str
    why: str
    outcome: Outcome | None = None
    add_routes: tuple[str, ...] = ()
    add_monitoring: tuple[str, ...] = ()
    override: Override | None = None
    expression: str | None = None
    inputs: tuple[str, ...] | None = None
    examples: tuple[Example, ...] | None = None
    remove: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """A version of what one network, site or state has otherwise."""

    version: str
    scope: Scope
    source: str
    changes: tuple[Change, ...] = ()
    rules: tuple[RuleText, ...] = ()  # rules of its own, N01 to N99

    def over(self, texts: Sequence[RuleText]) -> tuple[RuleText, ...]:
        """The rules with the changes made. Raises RuleFileUnsound."""
        known = {text.id: text for text in texts}
        if strange := {c.rule for c in self.changes} - set(known):
            raise RuleFileUnsound(f"there is no rule {', '.join(sorted(strange))}")
        if any(not rule.id.startswith("N") or rule.id in known for rule in self.rules):
            raise RuleFileUnsound("a rule of one's own has a new id, N01 to N99")
        for change in self.changes:
            if change.remove:
                del known[change.rule]
            else:
                known[change.rule] = _changed(known[change.rule], change)
        return (*known.values(), *self.rules)


def _changed(text: RuleText, change: Change) -> RuleText:
    return replace(
        text,
        outcome=change.outcome or text.outcome,
        routes=tuple(dict.fromkeys((*text.routes, *change.add_routes))),
        monitoring=tuple(dict.fromkeys((*text.monitoring, *change.add_monitoring))),
        override=change.override or text.override,
        expression=change.expression or text.expression,
        inputs=change.inputs or text.inputs,
        examples=change.examples or text.examples,
    )


def loosened(before: Sequence[RuleText], after: Sequence[RuleText]) -> tuple[str, ...]:
    """The rules that no longer protect as they did. A changed expression counts: whether it still
    finds what it found cannot be told from its text."""
    later = {text.id: text for text in after}
    return tuple(
        text.id for text in before if text.id not in later or _looser(text, later[text.id])
    )


def _looser(before: RuleText, after: RuleText) -> bool:
    return (
        GRAVITY[after.outcome] < GRAVITY[before.outcome]
        or not set(before.routes) <= set(after.routes)
        or not set(before.monitoring) <= set(after.monitoring)
        or (before.override is Override.NEVER and after.override is not Override.NEVER)
        or before.phase is not after.phase
        or not set(after.optional) <= set(before.optional)
        or (before.expression, before.inputs) != (after.expression, after.inputs)
    )


def check_signed(loose: Sequence[str], signed_by: UUID | None, published_by: UUID) -> None:
    """What loosens a rule is signed by a medical director other than who publishes it.

    Raises LooseningUnsigned.
    """
    if loose and (signed_by is None or signed_by == published_by):
        raise LooseningUnsigned(loose)
