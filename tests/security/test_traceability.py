"""Each threat and each hazard is proven by a test that exists and runs."""

import pytest

from tools import traceability
from tools.traceability import Row


def test_every_threat_and_hazard_names_tests_that_run() -> None:
    found = traceability.all_rows()
    assert len(found) > 60
    named = {file for row in found for file, _ in row.tests}
    assert list(traceability.faults(found, traceability.collect(named))) == []


def row(text: str) -> list[Row]:
    return list(traceability.rows("a.md", text))


def test_rows_are_read_with_every_test_they_name() -> None:
    text = "| X1 | a threat | a control | `tests/a/test_b.py::test_c`, `libs/d/test_e.py::test_f` |"
    tests = (("tests/a/test_b.py", "test_c"), ("libs/d/test_e.py", "test_f"))
    assert row(text) == [Row("a.md", "X1", tests)]


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """What pytest collects from files with tests of every kind."""
    root = tmp_path_factory.mktemp("tree")
    (root / "tests").mkdir()
    (root / "tests/test_some.py").write_text(
        "import pytest\n"
        "def test_it(): ...\n"
        "@pytest.mark.parametrize('a', [1, 2])\ndef test_many(a): ...\n"
        "@pytest.mark.skipif(True, reason='b')\ndef test_skipped(): ...\n"
        "@pytest.mark.parametrize('a', [1, pytest.param(2, marks=pytest.mark.skip)])\n"
        "def test_half(a): ...\n"
        "@pytest.mark.xfail\nasync def test_hoped(): ...\n"
        "def helper():\n    def test_inside(): ...\n"
        "# def test_comment(): ...\n"
    )
    (root / "tests/helper.py").write_text("it = None\n")
    (root / "tests/test_off.py").write_text(
        "import pytest\npytestmark = pytest.mark.skip\ndef test_it(): ...\n"
    )
    files = ["tests/test_some.py", "tests/helper.py", "tests/test_off.py", "tests/test_gone.py"]
    return traceability.collect(files, root)


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        ("`tests/test_gone.py::test_it`", "collects"),
        ("`tests/test_some.py::test_gone`", "collects"),
        ("`tests/test_some.py::test_inside`", "collects"),
        ("`tests/test_some.py::test_comment`", "collects"),
        ("`tests/helper.py::test_it`", "collects"),
        ("`tests/test_some.py::test_skipped`", "skipped"),
        ("`tests/test_some.py::test_half`", "skipped"),
        ("`tests/test_some.py::test_hoped`", "expected to fail"),
        ("`tests/test_off.py::test_it`", "skipped"),
        ("words only", "names no test"),
    ],
)
def test_promise_nobody_proves_is_found(collected: dict[str, bool], named: str, fault: str) -> None:
    (found,) = list(traceability.faults(row(f"| X1 | a | b | {named} |"), collected))
    assert fault in found


def test_tests_that_run_are_no_fault(collected: dict[str, bool]) -> None:
    for name in ("test_it", "test_many"):
        good = row(f"| X1 | a | b | `tests/test_some.py::{name}` |")
        assert list(traceability.faults(good, collected)) == []
        assert len(list(traceability.faults(good + good, collected))) == 1
