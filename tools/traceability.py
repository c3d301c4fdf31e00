"""`python -m tools.traceability`: every test that the threat model and the hazard log name runs.

pytest itself collects the files that are named and says which tests it would run: one that is not
among them, or is skipped or expected to fail, proves nothing. So does one outside of what `make
test`, `make security` and `make chaos` run. Every threat and hazard names at least one.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
DOCUMENTS: Final = ("docs/security/threat-model.md", "docs/security/hazard-log.md")
# Where `make test` looks (pyproject's testpaths), and what other targets name.
RUN: Final = ("libs/", "services/", "cli/", "tests/")
_OUT: Final = "KAIROS_COLLECTED_FILE"
_NEVER_RUN: Final = ("skip", "skipif", "xfail")
Collected = Mapping[str, bool]  # "file::test" to whether each of its cases would be run
_ROW: Final = re.compile(r"^\| (?P<id>[A-Z][0-9]+) \| (?P<rest>.*) \|$", re.MULTILINE)
_TEST: Final = re.compile(r"`([\w/.-]+\.py)::(\w+)`")


@dataclass(frozen=True, slots=True)
class Row:
    """One threat or hazard, and the tests it names as (file, test)."""

    document: str
    id: str
    tests: tuple[tuple[str, str], ...]


def rows(document: str, text: str) -> Iterator[Row]:
    """The rows of a document's tables."""
    for match in _ROW.finditer(text):
        yield Row(document, match["id"], tuple(_TEST.findall(match["rest"])))


def faults(found: Collection[Row], collected: Collected) -> Iterator[str]:
    """What is wrong with these rows, given what pytest would run."""
    seen: set[str] = set()
    for row in found:
        where = f"{row.document}: {row.id}"
        if row.id in seen:
            yield f"{where} is there twice"
        seen.add(row.id)
        if not row.tests:
            yield f"{where} names no test"
        for file, name in row.tests:
            test = f"{file}::{name}"
            if not file.startswith(RUN):
                yield f"{where}: {test} is not run by any target"
            if test not in collected:
                yield f"{where}: {test} is not among the tests that pytest collects"
            elif not collected[test]:
                yield f"{where}: {test} is skipped or expected to fail"


def collect(files: Collection[str], root: Path = ROOT) -> dict[str, bool]:
    """What pytest collects from these files. Raises ValueError where it cannot."""
    there = sorted(file for file in files if (root / file).is_file())
    if not there:
        return {}
    with tempfile.TemporaryDirectory(prefix="kairos-trace-") as folder:
        out = Path(folder) / "collected.json"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "--collect-only", "-q", "-q"),
                *("-p", "tools.traceability", "-p", "no:xdist", "--rootdir", str(root), *there),
            ],
            cwd=root,
            env={**os.environ, _OUT: str(out), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        if not out.is_file():
            raise ValueError(f"pytest cannot collect: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        told: dict[str, bool] = json.loads(out.read_text())
        return told


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """As a plugin of the pytest that collects: write down what it found."""
    if _OUT not in os.environ:
        return
    found: dict[str, bool] = {}
    for item in session.items:
        test = f"{item.path.relative_to(session.config.rootpath)}::{item.name.partition('[')[0]}"
        runs = not any(item.get_closest_marker(mark) for mark in _NEVER_RUN)
        found[test] = found.get(test, True) and runs
    Path(os.environ[_OUT]).write_text(json.dumps(found))


def all_rows(root: Path = ROOT) -> list[Row]:
    """Every row of every document."""
    return [
        row for name in DOCUMENTS for row in rows(name, (root / name).read_text(encoding="utf-8"))
    ]


def main() -> None:
    """Print what is wrong and exit 1, or how much is proven."""
    found = all_rows()
    collected = collect({file for row in found for file, _ in row.tests})
    wrong = list(faults(found, collected))
    if wrong:
        sys.exit("\n".join(wrong))
    tests = {test for row in found for test in row.tests}
    sys.stdout.write(
        f"{len(found)} threats and hazards, proven by {len(tests)} tests, each collected\n"
    )


if __name__ == "__main__":
    main()
