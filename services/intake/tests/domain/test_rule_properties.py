"""Less information never improves a decision, and the same inputs give the same findings."""

import os
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from intake.data import reading
from intake.data.rules import compiled, rule_set
from intake.domain.clearance import Agreed, Decided, derive
from intake.domain.route import ROUTES
from intake.domain.rules import GRAVITY, Finding, Outcome, Phase, gravest

NOW = datetime(2027, 3, 2, tzinfo=UTC)
EXAMPLES = int(os.environ.get("KAIROS_PROPERTY_EXAMPLES", "60"))
VALUES: dict[str, list[Any]] = {}
for rule in rule_set().rules:
    for example in rule.text.examples:
        for name, value in example.inputs.items():
            VALUES.setdefault(name, []).append(value)
people = st.fixed_dictionaries(
    {name: st.sampled_from([None, *values]) for name, values in VALUES.items()}
)
# What is unknown asks for review, as what is known may: both are attested.
REVIEWED = GRAVITY[Outcome.REVIEW]


def weight(inputs: dict[str, Any], route: str) -> int:
    found = gravest(r.outcome for r in rule_set().evaluate(route, inputs))
    return GRAVITY[Outcome.MONITOR] - 1 if found is None else GRAVITY[found]


@settings(max_examples=EXAMPLES, deadline=None)
@given(people, st.sampled_from(ROUTES), st.data())
def test_taking_information_away_never_turns_a_finding_into_a_pass(
    person: dict[str, Any], route: str, data: st.DataObject
) -> None:
    lost = data.draw(st.sets(st.sampled_from(sorted(person))))
    less = {name: None if name in lost else value for name, value in person.items()}

    before = {r.rule: r for r in rule_set().evaluate(route, person)}
    after = {r.rule: r for r in rule_set().evaluate(route, less)}

    for rule, result in after.items():
        if result.finding is Finding.PASS:
            assert before[rule].finding is Finding.PASS
    # As a whole: what had to be attested or forbidden is so still, or asks for review.
    if weight(person, route) >= GRAVITY[Outcome.MONITOR]:
        assert weight(less, route) >= min(weight(person, route), REVIEWED)


@settings(max_examples=EXAMPLES, deadline=None)
@given(people, st.sampled_from(ROUTES), st.sampled_from(list(Phase)))
def test_evaluation_is_the_same_for_the_same_inputs_and_rules(
    person: dict[str, Any], route: str, phase: Phase
) -> None:
    first = rule_set().evaluate(route, person, phase)
    again = FRESH.evaluate(route, dict(reversed(person.items())), phase)
    assert first == again
    assert rule_set().version == FRESH.version


FRESH = compiled(reading.load("rules/eligibility_v3.toml"))


decided = st.builds(
    Decided,
    outcome=st.sampled_from(["eligible", "not_eligible", "deferred"]),
    expires_at=st.sampled_from([1, 3]).map(lambda day: NOW.replace(day=day)),
    extra_monitoring=st.just(()),
    reopened=st.sampled_from([None, "decision_held"]),
)
agreed = st.builds(
    Agreed,
    scopes=st.sampled_from([("treatment_im",), ("treatment_iv", "touch")]),
    revoked=st.booleans(),
    expires_at=st.sampled_from([1, 3]).map(lambda day: NOW.replace(day=day)),
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.dictionaries(st.sampled_from(ROUTES), decided),
    st.lists(agreed, max_size=3),
    st.booleans(),
    st.booleans(),
)
def test_no_route_is_cleared_without_decision_consent_and_safety(
    decisions: dict[str, Decided], consents: list[Agreed], blocked: bool, ended: bool
) -> None:
    routes = derive(decisions, consents, safety_blocked=blocked, now=NOW, ended=ended)
    for status in routes:
        if status.cleared:
            decision = decisions[status.route]
            assert (decision.outcome, decision.reopened) == ("eligible", None)
            assert decision.expires_at > NOW
            scope = f"treatment_{status.route}"
            assert any(scope in c.scopes and not c.revoked and c.expires_at > NOW for c in consents)
            assert not blocked
            assert not ended
