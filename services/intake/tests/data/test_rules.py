"""Every eligibility rule passes, hits and asks for review as the clinical reference says.

The golden findings are written here once more, apart from the examples in the rule file.
"""

from typing import Any

import pytest
from intake.data import reading
from intake.data.rules import compiled, rule_set
from intake.data.rules.cel import compile_predicate
from intake.domain.rules import Finding, Outcome, Phase, Rule, RuleResult

from .rule_goldens import GOLDEN


def asked(rule: str) -> Rule:
    return rule_set().find(rule)


def found(rule: str, inputs: dict[str, Any]) -> RuleResult:
    return asked(rule).evaluate(inputs)


@pytest.mark.parametrize(("rule", "passing", "hitting", "outcome"), GOLDEN)
def test_rule_passes_hits_and_never_passes_the_unknown(
    rule: str, passing: dict[str, Any], hitting: dict[str, Any], outcome: str
) -> None:
    passed, hit = found(rule, passing), found(rule, hitting)
    assert (passed.finding, passed.outcome) == (Finding.PASS, None)
    assert (hit.finding, hit.outcome) == (Finding.HIT, outcome)
    for name in (n for n in passing if n not in asked(rule).text.optional):
        for absent in ({k: v for k, v in passing.items() if k != name}, {**passing, name: None}):
            unknown = found(rule, absent)
            assert (unknown.finding, unknown.outcome) == (Finding.UNKNOWN, Outcome.REVIEW)
            assert unknown.unknown == (name,)
            assert unknown.explanation.startswith("Not known: ")


@pytest.mark.parametrize(("rule", "passing", "hitting", "outcome"), GOLDEN)
def test_optional_input_is_needed_where_the_others_do_not_decide(
    rule: str, passing: dict[str, Any], hitting: dict[str, Any], outcome: str
) -> None:
    """Left out of a case that hits, it may at most be unknown, never a pass."""
    for name in asked(rule).text.optional:
        without = found(rule, {k: v for k, v in hitting.items() if k != name})
        assert without.finding is not Finding.PASS


def test_golden_findings_cover_every_rule() -> None:
    assert {rule for rule, *_ in GOLDEN} == {rule.text.id for rule in rule_set().rules}


def test_what_is_known_already_outweighs_what_is_not() -> None:
    hit = found("C34", {"cssrs_q5": True})
    assert (hit.finding, hit.outcome) == (Finding.HIT, Outcome.HOLD)
    assert found("C33", {"resting_diastolic_mmhg": 110}).outcome is Outcome.HOLD


def test_trials_concern_esketamine_only() -> None:
    by_route = {
        route: {result.rule for result in rule_set().evaluate(route, {})}
        for route in ("im", "nasal_esketamine")
    }
    assert by_route["nasal_esketamine"] - by_route["im"] == {"C32", "C39"}
    assert by_route["im"] - by_route["nasal_esketamine"] == {"C05"}  # of the racemic label


def test_every_rule_of_the_reference_is_there_and_in_its_phase() -> None:
    numbers = [f"C{number:02}" for number in range(1, 43)]
    assert [r.text.id for r in rule_set().rules if r.text.id[0] == "C"] == numbers
    visit = {r.text.id for r in rule_set().of(Phase.VISIT)}
    assert visit == {"C08", "C35", "C36", "C37", "C38", "C41", "C42"}
    assert {r.text.id for r in rule_set().of(Phase.ORDER)} == {"C40"}


def rule_file(**changes: Any) -> dict[str, Any]:
    rule = {
        "id": "C10",
        "expression": "psychosis_current",
        "inputs": ["psychosis_current"],
        "outcome": "X",
        "routes": ["im"],
        "label_standing": "warning",
        "clinic_policy": "exclude",
        "basis": "test",
        "source": "test",
        "explanation": "Psychosis now.",
        "examples": [
            {"finding": "pass", "inputs": {"psychosis_current": False}},
            {"finding": "hit", "inputs": {"psychosis_current": True}},
        ],
    }
    return {"version": "t", "rules": [{**rule, **changes}]}


def test_sound_rule_file_is_taken() -> None:
    (rule,) = compiled(rule_file()).rules
    assert rule.evaluate({"psychosis_current": True}).outcome is Outcome.EXCLUDE


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        # Would pass whenever the second input is unknown: nobody would have looked.
        ({"expression": "psychosis_current && cvd_poorly_controlled"}, "undeclared inputs"),
        ({"expression": "has(facts.psychosis_current) && psychosis_current"}, "which no rule"),
        ({"inputs": ["psychosis_current", "allergies"]}, "does not read"),
        ({"expression": "psychosis_curent", "inputs": ["psychosis_curent"]}, "nobody records"),
        ({"expression": "psychosis_current &&"}, "does not parse"),
        ({"expression": "!psychosis_current"}, "does not find"),
        ({"expression": "psychosis_current ? 1 : 0"}, "does not find"),
        ({"routes": ["im", "nose"]}, "route"),
        ({"routes": []}, "route"),
        ({"examples": []}, "needs an example"),
        ({"on_unknown": "pass"}, "unknown keys"),
        ({"outcome": "P"}, "outcome"),
    ],
)
def test_unsound_rule_file_is_refused_at_load(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        compiled(rule_file(**changes))


def test_rule_on_a_fact_nobody_records_is_refused() -> None:
    planted = rule_file(
        expression="astrology",
        inputs=["astrology"],
        examples=[
            {"finding": "pass", "inputs": {"astrology": False}},
            {"finding": "hit", "inputs": {"astrology": True}},
        ],
    )
    with pytest.raises(ValueError, match="nobody records astrology"):
        compiled(planted)


def test_rule_that_would_pass_the_unknown_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof itself can fail: an evaluator that takes unknown for no is caught at load."""

    def careless(expression: str, inputs: tuple[str, ...]) -> Any:
        return lambda known: bool(known.get("psychosis_current", False))

    monkeypatch.setattr("intake.data.rules.compile_predicate", careless)
    monkeypatch.setattr("intake.domain.rules.Rule._unknown", lambda _rule, _inputs: ())
    with pytest.raises(ValueError, match="passes although psychosis_current is unknown"):
        compiled(rule_file())


def test_predicate_says_when_it_cannot_tell() -> None:
    either = compile_predicate("psychosis_current || cvd", ("psychosis_current", "cvd"))
    assert either({"psychosis_current": True}) is True
    assert either({"psychosis_current": False}) is None
    assert either({"psychosis_current": False, "cvd": False}) is False
    assert either({"psychosis_current": "no", "cvd": False}) is None


def test_shipped_rules_name_source_and_label_apart_from_policy() -> None:
    for rule in reading.load("rules/eligibility_v3.toml")["rules"]:
        assert rule["source"]
        assert rule["label_standing"]
        assert rule["clinic_policy"]
