"""Every rule that can refuse has a case in which it just does not fire, and one in which it does.

The rules are read from the code itself: a new one without a case fails here, and one that stands in
no row of `clinical_rows.py` too.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import dosing.domain
import pytest
from dosing import data

from . import (
    alert_cases,
    discharge_cases,
    draw_cases,
    gate_cases,
    ledger_cases,
    order_cases,
)
from .clinical_rows import ROWS
from .rule_case import Case

DOMAIN: Final = Path(dosing.domain.__file__).parent
# Where a family's rules are written down: what they judge by is a module of its own.
SHARED: Final = ("lot", "pre_dose", "baseline")
FAMILIES: Final[Mapping[str, tuple[tuple[str, ...], Sequence[Case]]]] = {
    "gate": (
        ("gate", "further", "break_glass", "clearance", "interval", "watching", *SHARED),
        gate_cases.CASES,
    ),
    "draw": (("draw",), draw_cases.CASES),
    "order": (("order", "order_stops", "exposure"), order_cases.CASES),
    "discharge": (("discharge",), discharge_cases.CASES),
    "ledger": (("verification",), ledger_cases.CASES),
    "alert": ((), alert_cases.CASES),
}
# What speaks there is no refusal: signals for a reviewer, faults of a document, of a reading.
NO_RULES: Final = {"misuse", "soundness", "observation"}
_CODE: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def codes_in(source: str) -> set[str]:
    """The rules that a module can name: yielded, returned or appended as a text of its own."""
    return {text for node in ast.walk(ast.parse(source)) for text in _spoken(node)}


def _spoken(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Yield(value=ast.expr() as value):
            yield from _texts(value)
        case ast.Return(value=ast.Tuple() as value):
            yield from _texts(value)
        case ast.IfExp(body=ast.Tuple() as value):
            yield from _texts(value)
        case ast.Call(func=ast.Attribute(attr="append"), args=[value]):
            yield from _texts(value)


def _texts(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(text)) if _CODE.fullmatch(text):
            yield text
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            yield re.sub("_(at|after|from)_$", "", text)  # where, is said after it
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body)
            yield from _texts(orelse)
        case ast.Tuple(elts=elements):
            for one in elements:
                yield from _texts(one)


def rules_of(family: str) -> set[str]:
    """Every rule that the family's modules name."""
    if family == "alert":
        return {rule.code for rule in data.alert_rules()}
    modules, _ = FAMILIES[family]
    return set().union(*(codes_in((DOMAIN / f"{one}.py").read_text()) for one in modules))


def cased(cases: Sequence[Case]) -> set[str]:
    """The rules of these cases."""
    return {plain(case.code) for case in cases}


def plain(code: str) -> str:
    """An order's stop without its kind."""
    return code.removeprefix("hard:")


EVERY = [
    pytest.param(case, id=f"{family}-{number}-{case.code}")
    for family, (_, cases) in FAMILIES.items()
    for number, case in enumerate(cases)
]


@pytest.mark.parametrize("case", EVERY)
def test_rule_fires_alone_where_it_is_broken_and_not_where_it_just_holds(case: Case) -> None:
    assert list(case.keeps()) == []
    assert set(case.breaks()) == {case.code, *case.also}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_rule_of_the_code_has_its_case(family: str) -> None:
    assert cased(FAMILIES[family][1]) >= rules_of(family)


def test_no_module_names_rules_unseen() -> None:
    """A new module of rules belongs to a family."""
    seen = {name for modules, _ in FAMILIES.values() for name in modules} | NO_RULES

    unseen = {
        path.stem
        for path in DOMAIN.glob("*.py")
        if codes_in(path.read_text()) and path.stem not in seen
    }

    assert unseen == set()


@pytest.mark.parametrize(
    "rule",
    [
        'yield "new_rule"',
        'yield "new_rule", True',
        'yield "new_rule" if True else "session_not_ready"',
        'yield f"new_rule_at_{1}"',
        'return ("new_rule",)',
        'return (*(("new_rule",) if True else ()),)',
        'rules.append("new_rule")',
    ],
)
def test_new_rule_without_a_case_is_found(rule: str) -> None:
    """The twin: a rule written into the gate, in any of the ways in which rules are written."""
    text = (DOMAIN / "gate.py").read_text() + f"\n\ndef _new():\n    {rule}\n"

    assert codes_in(text) - cased(gate_cases.CASES) == {"new_rule"}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_rule_stands_for_a_row_of_the_clinical_reference(family: str) -> None:
    placed = [code for row in ROWS.values() for code in row.get(family, "").split()]

    assert len(placed) == len(set(placed))
    assert set(placed) == cased(FAMILIES[family][1])


def test_hard_stop_is_hard_and_soft_stop_soft() -> None:
    """Nobody overrides a hard one: which they are is said here once more, in words."""
    hard = {plain(c.code) for c in order_cases.CASES if c.code.startswith("hard:")}
    soft = {c.code for c in order_cases.CASES if not c.code.startswith("hard:")}

    assert hard & soft == {"weight_changed"}  # hard for mg/kg, soft for mg
    assert {code for code in hard if "soft" in code} == set()
    assert {code for code in soft if "hard" in code} == set()
