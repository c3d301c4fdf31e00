"""No shipped module breaks a rule of ours on dangerous code; each rule finds what it is for."""

import ast

import pytest

from tools import code_rules
from tools.code_rules import Rule


@pytest.mark.parametrize("rule", code_rules.RULES, ids=lambda rule: rule.__name__)
def test_code_keeps_the_rule(rule: Rule) -> None:
    assert list(code_rules.breaches(rule)) == []


def test_every_excuse_is_needed_and_says_why() -> None:
    for (name, place), why in code_rules.EXCUSED.items():
        rule = getattr(code_rules, name)
        (path,) = [
            code_rules.ROOT / folder / place
            for folder in code_rules.SHIPPED
            if (code_rules.ROOT / folder / place).is_file()
        ]
        assert why
        assert list(rule(ast.parse(path.read_text()))), f"{place} does not break {name} any more"


BROKEN = {
    "decodes_without_a_signature": 'jwt.decode(t, options={"verify_signature": False})',
    "compares_secrets_in_time": "if claim.signature == expected: ...",
    "formats_values_into_sql": 'f"SELECT * FROM patient WHERE name = {name}"',
    "trusts_any_certificate": "httpx.get(url, verify=False)",
    "follows_redirects": "httpx.AsyncClient(follow_redirects=True)",
    "draws_secrets_from_chance": "code = random.randint(0, 9999)",
    "reads_past_the_network": "x = \"SELECT set_config('kairos.audit_reader', 'chain', true)\"",
    "unsealed_private_notes": 'policy("private_note.read", "therapist")',
}
KEPT = {
    "decodes_without_a_signature": 'jwt.decode(t, key, options={"verify_exp": False})',
    "compares_secrets_in_time": "if hmac.compare_digest(signature, expected): ...",
    "formats_values_into_sql": 'f"SELECT {_COLUMNS} FROM patient WHERE name = $1"',
    "trusts_any_certificate": "httpx.get(url, verify=True)",
    "follows_redirects": "httpx.AsyncClient(follow_redirects=False)",
    "draws_secrets_from_chance": "wait = random.uniform(0.5, 1.0)",
    "reads_past_the_network": "x = \"SELECT set_config('kairos.network', $1, true)\"",
    "unsealed_private_notes": 'policy("private_note.read", "therapist", sealed=True)',
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_rule_is_found_and_kept_rule_is_not(name: str) -> None:
    rule = getattr(code_rules, name)
    assert len(list(rule(ast.parse(BROKEN[name])))) == 1
    assert list(rule(ast.parse(KEPT[name]))) == []


def test_every_rule_has_its_twin() -> None:
    assert {rule.__name__ for rule in code_rules.RULES} == BROKEN.keys() == KEPT.keys()
