"""Eligibility rules as versioned data, compiled and proved at the start of the process."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from intake.data import reading
from intake.data.facts import fact_catalogue
from intake.data.inputs import derived_inputs
from intake.data.rules.cel import compile_predicate
from intake.domain.facts import FactKind
from intake.domain.route import ROUTES
from intake.domain.rules import Finding, Rule, RuleSet, RuleText


@dataclass(frozen=True, slots=True, kw_only=True)
class _RuleFile:
    version: str
    rules: tuple[RuleText, ...]


@cache
def rule_set() -> RuleSet:
    """The rules in force. Raises ValueError for a broken file."""
    return compiled(reading.load("rules/eligibility_v3.toml"))


def compiled(document: dict[str, Any]) -> RuleSet:
    """A rule file, compiled and proved on its own examples. Raises ValueError."""
    file = reading.parse(_RuleFile, document)
    return RuleSet(version=file.version, rules=compiled_texts(file.rules))


def compiled_texts(texts: Sequence[RuleText]) -> tuple[Rule, ...]:
    """Rules, compiled and proved. Raises ValueError."""
    ids = [rule.id for rule in texts]
    if len(set(ids)) != len(ids):
        raise ValueError("a rule is defined twice")
    return tuple(_compiled(text) for text in texts)


def _compiled(text: RuleText) -> Rule:
    try:
        rule = Rule(text=text, met_by=compile_predicate(text.expression, text.inputs))
        _check_names(text)
        _prove(rule)
    except ValueError as fault:
        raise ValueError(f"rule {text.id}: {fault}") from None
    return rule


def _check_names(text: RuleText) -> None:
    events = {f.name for f in fact_catalogue().facts if f.kind is FactKind.EVENT}
    known = {f.name for f in fact_catalogue().facts} - events | derived_inputs().names
    if strange := set(text.inputs) - known:
        raise ValueError(f"nobody records {', '.join(sorted(strange))}")
    if not text.routes or set(text.routes) - set(ROUTES):
        raise ValueError("names no route, or one that does not exist")
    if not set(text.optional) < set(text.inputs):
        raise ValueError("leaves nothing that has to be known")


def _prove(rule: Rule) -> None:
    """Every example finds what it says, and no unknown input ever passes."""
    findings = {example.finding for example in rule.text.examples}
    if not {Finding.PASS, Finding.HIT} <= findings:
        raise ValueError("needs an example that passes and one that hits")
    for example in rule.text.examples:
        if set(example.inputs) - set(rule.text.inputs):
            raise ValueError("an example names an input the rule does not read")
        if rule.evaluate(example.inputs).finding is not example.finding:
            raise ValueError(f"an example does not find {example.finding.value}")
        for name in rule.text.inputs:
            finding = rule.evaluate({**example.inputs, name: None}).finding
            allowed = name in rule.text.optional and example.finding is not Finding.HIT
            if finding is Finding.PASS and not allowed:
                raise ValueError(f"passes although {name} is unknown")
