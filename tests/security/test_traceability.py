"""Each threat and each hazard is proven by a test that exists and runs."""

from pathlib import Path

import pytest

from tools import traceability
from tools.traceability import Row


def test_every_threat_and_hazard_names_tests_that_run() -> None:
    found = traceability.all_rows()
    assert len(found) > 60
    assert list(traceability.faults(found)) == []


def row(text: str) -> list[Row]:
    return list(traceability.rows("a.md", text))


def test_rows_are_read_with_every_test_they_name() -> None:
    text = "| X1 | a threat | a control | `tests/a/test_b.py::test_c`, `libs/d/test_e.py::test_f` |"
    tests = (("tests/a/test_b.py", "test_c"), ("libs/d/test_e.py", "test_f"))
    assert row(text) == [Row("a.md", "X1", tests)]


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        ("`tests/test_gone.py::test_it`", "no such file"),
        ("`tests/test_some.py::test_gone`", "does not exist"),
        ("`tests/test_some.py::test_skipped`", "skipped"),
        ("`tests/test_some.py::test_hoped`", "expected to fail"),
        ("`tests/helper.py::test_it`", "not run by any target"),
        ("`tests/test_off.py::test_it`", "file that is skipped"),
        ("words only", "names no test"),
    ],
)
def test_promise_nobody_proves_is_found(tmp_path: Path, named: str, fault: str) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_some.py").write_text(
        "def test_it(): ...\n"
        "@pytest.mark.skipif(True)\ndef test_skipped(): ...\n"
        "@pytest.mark.xfail\nasync def test_hoped(): ...\n"
    )
    (tmp_path / "tests/helper.py").write_text("def test_it(): ...\n")
    (tmp_path / "tests/test_off.py").write_text(
        "pytestmark = pytest.mark.skip\ndef test_it(): ...\n"
    )
    (found,) = list(traceability.faults(row(f"| X1 | a | b | {named} |"), tmp_path))
    assert fault in found
    good = row("| X1 | a | b | `tests/test_some.py::test_it` |")
    assert list(traceability.faults(good, tmp_path)) == []
    assert len(list(traceability.faults(good + good, tmp_path))) == 1
