"""`python -m tools.traceability`: every test that the threat model and the hazard log name exists.

And runs: it is collected by `make test` or named by `make security` or `make chaos`, and is neither
skipped nor expected to fail. Every threat and hazard names at least one.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
DOCUMENTS: Final = ("docs/security/threat-model.md", "docs/security/hazard-log.md")
# Where `make test` looks (pyproject's testpaths), and what other targets name.
RUN: Final = ("libs/", "services/", "cli/", "tests/")
_ROW: Final = re.compile(r"^\| (?P<id>[A-Z][0-9]+) \| (?P<rest>.*) \|$", re.MULTILINE)
_TEST: Final = re.compile(r"`([\w/.-]+\.py)::(\w+)`")
_NEVER_RUN: Final = re.compile(r"\b(skip|skipif|xfail)\b")


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


def faults(found: list[Row], root: Path = ROOT) -> Iterator[str]:
    """What is wrong with these rows."""
    seen: set[str] = set()
    for row in found:
        where = f"{row.document}: {row.id}"
        if row.id in seen:
            yield f"{where} is there twice"
        seen.add(row.id)
        if not row.tests:
            yield f"{where} names no test"
        for file, name in row.tests:
            for fault in _faults_of_test(root, file, name):
                yield f"{where}: {file}::{name} {fault}"


def _faults_of_test(root: Path, file: str, name: str) -> Iterator[str]:
    path = root / file
    if not path.is_file():
        yield "has no such file"
        return
    if not file.startswith(RUN) or not Path(file).name.startswith("test_"):
        yield "is not run by any target"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
    ]
    if not named:
        yield "does not exist"
    for node in named:
        if any(_NEVER_RUN.search(ast.unparse(mark)) for mark in node.decorator_list):
            yield "is skipped or expected to fail"
    if any(_NEVER_RUN.search(ast.unparse(one)) for one in _module_marks(tree)):
        yield "is in a file that is skipped"


def _module_marks(tree: ast.Module) -> Iterator[ast.expr]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            yield node.value


def all_rows(root: Path = ROOT) -> list[Row]:
    """Every row of every document."""
    return [
        row for name in DOCUMENTS for row in rows(name, (root / name).read_text(encoding="utf-8"))
    ]


def main() -> None:
    """Print what is wrong and exit 1, or how much is proven."""
    found = all_rows()
    wrong = list(faults(found))
    if wrong:
        sys.exit("\n".join(wrong))
    tests = {test for row in found for test in row.tests}
    sys.stdout.write(f"{len(found)} threats and hazards, proven by {len(tests)} tests\n")


if __name__ == "__main__":
    main()
