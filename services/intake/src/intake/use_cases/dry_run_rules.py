"""Try a rule file on screenings that were made, and keep nothing."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.data.rules.combining import RULE_SET, combined, kind_of, scope_of
from intake.domain.rules import Outcome, RuleSet, gravest
from intake.store import evaluations, rule_sets
from intake.store.evaluations import Screening


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRunRules:
    """One page of the newest screenings, from after this patient on."""

    document: dict[str, Any]
    after: UUID | None
    patients: int  # on the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Whose screening would come out otherwise. No outcome: every rule passes."""

    patient_id: UUID
    route: str
    before: Outcome | None
    after: Outcome | None
    rules: tuple[str, ...]  # that find otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRunPage:
    """What a page came to; `last` is None when there is no further one."""

    screenings: int
    differences: tuple[Difference, ...]
    last: UUID | None


async def dry_run_rules(command: DryRunRules, tx: Transaction) -> DryRunPage:
    """Evaluate the inputs kept with each screening by the rules as they would be.

    Raises RuleFileUnsound (422).
    """
    published = await rule_sets.in_force(tx)
    found = await evaluations.newest_page(tx, command.after, command.patients)
    differences = []
    for one in found:
        rules = _rules(command.document, published, one)
        if (difference := _compared(one, rules)) is not None:
            differences.append(difference)
    return DryRunPage(
        screenings=len(found),
        differences=tuple(differences),
        last=max((one.patient_id for one in found), default=None),
    )


def _rules(
    document: dict[str, Any], published: list[rule_sets.Publication], one: Screening
) -> RuleSet:
    base = next((p.document for p in published if p.kind == RULE_SET), None)
    overlays = {
        p.scope: p.document
        for p in published
        if p.kind != RULE_SET and p.scope.concerns(one.home_site_id, one.state)
    }
    scope = scope_of(document)
    if kind_of(document) == RULE_SET:
        base = document
    elif scope.concerns(one.home_site_id, one.state):
        overlays[scope] = document
    return combined(base, tuple(overlays.values()))


def _compared(one: Screening, rules: RuleSet) -> Difference | None:
    after = rules.evaluate(one.route, one.inputs)
    found = {r.rule: r.outcome for r in after}
    differing = [r for r in {*found, *one.outcomes} if found.get(r) is not one.outcomes.get(r)]
    before, now = gravest(one.outcomes.values()), gravest(found.values())
    if before is now:
        return None
    return Difference(
        patient_id=one.patient_id,
        route=one.route,
        before=before,
        after=now,
        rules=tuple(sorted(differing)),
    )
