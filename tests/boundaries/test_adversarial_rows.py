"""Every adversarial row of the clinical reference has tests, in the service that refuses it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_DOSING = "services/dosing/tests/http/test_adversarial.py"

# Row of section 10b, and what stands for it: a file, and how the names of its tests begin or go.
ROWS: dict[int, tuple[tuple[str, str], ...]] = {
    1: ((_DOSING, "test_row_1_"),),
    2: ((_DOSING, "test_row_2_"),),
    3: ((_DOSING, "test_row_3_"),),
    4: ((_DOSING, "test_row_4_"),),
    6: ((_DOSING, "test_row_6_"),),
    7: ((_DOSING, "test_row_7_"),),
    9: ((_DOSING, "test_row_9_"),),
    10: ((_DOSING, "test_row_10_"), ("services/intake/tests/http/test_concerns.py", "test_")),
    11: ((_DOSING, "test_row_11_"),),
    15: ((_DOSING, "test_row_15_"),),
    16: (
        (_DOSING, "test_row_16_"),
        ("services/integration/tests/http/test_private_notes.py", "test_"),
    ),
}


def written(file: str, beginning: str) -> list[str]:
    """The tests of a file whose names begin so."""
    tree = ast.parse((ROOT / file).read_text())
    return [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith(beginning)
    ]


@pytest.mark.parametrize("row", ROWS)
def test_row_has_its_tests(row: int) -> None:
    assert all(written(file, beginning) for file, beginning in ROWS[row])


def test_row_without_a_test_is_found() -> None:
    assert written(_DOSING, "test_row_99_") == []
