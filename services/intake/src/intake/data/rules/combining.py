"""Rule files of networks: read, proved, and put over the rules that ship."""

import json
from functools import lru_cache
from typing import Any

from intake.data import reading
from intake.data.hashing import text_of
from intake.data.rules import compiled, compiled_texts, rule_set
from intake.domain.rule_errors import RuleFileUnsound
from intake.domain.rule_sets import Overlay, Scope, ScopeKind, loosened
from intake.domain.rules import RuleSet

RULE_SET = "rule_set"
OVERLAY = "overlay"
_NETWORK = Scope(kind=ScopeKind.NETWORK)


def kind_of(document: dict[str, Any]) -> str:
    """`overlay` for a file that has a scope, else `rule_set`."""
    return OVERLAY if "scope" in document else RULE_SET


def scope_of(document: dict[str, Any]) -> Scope:
    """Whom the file concerns; a rule set concerns the network."""
    return _overlay(text_of(document)).scope if kind_of(document) == OVERLAY else _NETWORK


def combined(base: dict[str, Any] | None, overlays: tuple[dict[str, Any], ...]) -> RuleSet:
    """The rules of a network's own rule set, or of those that ship, with its overlays over them,
    all proved. Raises RuleFileUnsound."""
    if base is None and not overlays:
        return rule_set()
    texts = tuple(text_of(overlay) for overlay in overlays)
    return _combined(None if base is None else text_of(base), texts)


def loosened_by(document: dict[str, Any], base: dict[str, Any] | None) -> tuple[str, ...]:
    """The rules that the file makes protect less: an overlay against the rules it lies on, a rule
    set against those that ship. Raises RuleFileUnsound."""
    if kind_of(document) == RULE_SET:
        before, after = rule_set(), combined(document, ())
    else:
        before, after = combined(base, ()), combined(base, (document,))
    return loosened([r.text for r in before.rules], [r.text for r in after.rules])


@lru_cache(maxsize=64)
def _combined(base: str | None, overlays: tuple[str, ...]) -> RuleSet:
    try:
        under = rule_set() if base is None else compiled(json.loads(base))
        texts = tuple(rule.text for rule in under.rules)
        version = under.version
        for overlay in (_overlay(text) for text in overlays):
            texts = overlay.over(texts)
            version = f"{version}+{overlay.version}"
        if not overlays:
            return under
        if len(version) > 64:
            raise RuleFileUnsound("the versions together are longer than 64 characters")
        return RuleSet(version=version, rules=compiled_texts(texts))
    except RuleFileUnsound:
        raise
    except ValueError as fault:
        raise RuleFileUnsound(str(fault)) from None


@lru_cache(maxsize=64)
def _overlay(text: str) -> Overlay:
    try:
        return reading.parse(Overlay, json.loads(text))
    except ValueError as fault:
        raise RuleFileUnsound(str(fault)) from None
