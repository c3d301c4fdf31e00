"""Every service is built alike, and keeps the rules of the house. Each rule has a twin: code which
breaks it, and is found."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import house_rules as rules
from .house import PACKAGES, ROOT, SERVICES, home, python_files, source
from .house_rules import Rule
from .tree import faults_of_tree, main_of

# Lines at most. A ratchet: lower a number where the code has become smaller, never raise one.
FILE_LINES = {
    "kairos_events": 170,
    "kairos_chassis": 300,
    "kairos_local": 220,
    "kairos_partner_kit": 200,
    "kairos_cli": 250,
    "intake": 280,
    "scheduling": 200,
    "dosing": 250,
    "integration": 150,
}
# Longer than their package allows, each with its reason.
LONGER_FILES = {
    "integration/domain/errors.py": 420,  # one small class a refusal
    "integration/store/tables.py": 320,  # every table in the one module that the store protects
    "integration/consume.py": 220,  # a reader and a handler for each event of three services
}
FUNCTION_LINES = {
    "kairos_events": 35,
    "kairos_chassis": 45,
    "kairos_local": 35,
    "kairos_partner_kit": 40,
    "kairos_cli": 45,
    "intake": 40,
    "scheduling": 40,
    "dosing": 45,
    "integration": 30,
}

EVERYWHERE = [
    rules.reads_a_clock,
    rules.ends_a_transaction,
    rules.catches_everything,
    rules.prints,
    rules.has_a_manager,
]


def breaches(rule: Rule, *folders: Path) -> list[str]:
    """Where code under these folders breaks a rule."""
    return [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for folder in folders
        for path in python_files(folder)
        for line, what in rule(ast.parse(path.read_text()))
    ]


def found_in(rule: Rule, code: str) -> list[str]:
    """What a rule finds in a piece of code."""
    return [what for _, what in rule(ast.parse(code))]


# --- the tree ---------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
def test_service_has_the_tree_of_all_services(service: str) -> None:
    assert list(faults_of_tree(home(service), service)) == []


@pytest.fixture
def twin(tmp_path: Path) -> Path:
    """A copy of a service, to be spoilt."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(home("integration"), tmp_path / "integration", ignore=ignored)
    return tmp_path / "integration"


@pytest.mark.parametrize(
    "lost",
    ["README.md", "openapi.json", "migrations/env.py", "src/integration/publish.py"],
)
def test_missing_file_is_found(twin: Path, lost: str) -> None:
    (twin / lost).unlink()

    assert f"missing: {lost}" in faults_of_tree(twin, "integration")


def test_file_without_a_place_is_found(twin: Path) -> None:
    (twin / "src/integration/services.py").touch()
    (twin / "src/integration/domain/utils.py").touch()

    found = list(faults_of_tree(twin, "integration"))

    assert "has no place in a service: src/integration/services.py" in found
    assert "says nothing about its content: src/integration/domain/utils.py" in found


def test_all_services_start_with_the_same_verbs() -> None:
    assert len({main_of(home(service), service) for service in SERVICES}) == 1


def test_other_verbs_are_found(twin: Path) -> None:
    before = main_of(twin, "integration")
    with (twin / "src/integration/__main__.py").open("a") as main:
        main.write("# and something of its own\n")

    assert main_of(twin, "integration") != before


# --- the rules --------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", EVERYWHERE, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("service", SERVICES)
def test_service_keeps_the_rule(service: str, rule: Rule) -> None:
    assert breaches(rule, source(service), home(service) / "migrations") == []


@pytest.mark.parametrize("service", SERVICES)
def test_domain_decides_and_reaches_for_nothing(service: str) -> None:
    domain = source(service) / "domain"

    assert breaches(rules.waits, domain) == []
    assert breaches(rules.reaches_out(service), domain) == []


def test_dosing_domain_has_no_float() -> None:
    assert breaches(rules.uses_floats, source("dosing") / "domain") == []


@pytest.mark.parametrize("service", SERVICES)
def test_use_case_is_one_verb_a_file(service: str) -> None:
    files = [p for p in python_files(source(service) / "use_cases") if p.stem != "__init__"]

    assert files
    assert [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for path in files
        for line, what in rules.is_no_single_verb(path.stem)(ast.parse(path.read_text()))
    ] == []


@pytest.mark.parametrize(
    ("rule", "code", "found"),
    [
        (rules.reads_a_clock, "datetime.now(UTC)", "datetime.now"),
        (rules.reads_a_clock, "import datetime as d\nd.datetime.utcnow()", "d.datetime.utcnow"),
        (rules.reads_a_clock, "date.today()", "date.today"),
        (rules.reads_a_clock, "field(default_factory=datetime.now)", "datetime.now"),
        (rules.reads_a_clock, "time.time()", "time.time"),
        (rules.reads_a_clock, "from time import time", "time.time"),
        (rules.reads_a_clock, "update(t).values(at=func.now())", "func.now"),
        (rules.reads_a_clock, "script('a_at timestamptz DEFAULT now()')", "SQL now()"),
        (rules.ends_a_transaction, "await tx.commit()", "tx.commit"),
        (rules.ends_a_transaction, "connection.rollback()", "connection.rollback"),
        (rules.catches_everything, "try: f()\nexcept: pass", "except"),
        (
            rules.catches_everything,
            "try: f()\nexcept (A, Exception): pass",
            "except (A, Exception)",
        ),
        (rules.prints, "print('Dana R')", "print"),
        (rules.has_a_manager, "class SessionManager: ...", "SessionManager"),
        (rules.uses_floats, "def f(amount_mg: float) -> None: ...", "float"),
        (rules.uses_floats, "x: dict[str, float]", "float"),
        (rules.uses_floats, "amount_mg = 0.5", "0.5"),
        (rules.waits, "async def f(): ...", "AsyncFunctionDef"),
        (rules.reaches_out("dosing"), "import os", "os"),
        (rules.reaches_out("dosing"), "from dosing.store import vials", "dosing.store.vials"),
        (rules.reaches_out("dosing"), "from kairos_chassis import db", "kairos_chassis.db"),
        (rules.reaches_out("dosing"), "import numpy", "numpy"),
        (rules.is_no_single_verb("a"), "async def b(): ...", "a is missing"),
        (rules.is_no_single_verb("a"), "def a(): ...", "a is not async"),
        (
            rules.is_no_single_verb("a"),
            "async def a(): ...\nasync def b(): ...",
            "b belongs into a file of its own",
        ),
        (rules.has_a_longer_function(2), "def f():\n  a\n  b", "f has 3 lines"),
    ],
)
def test_broken_rule_is_found(rule: Rule, code: str, found: str) -> None:
    assert found in found_in(rule, code)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (rules.reads_a_clock, "now = tx.now\nclock.now()\ntime.monotonic()"),
        (rules.reads_a_clock, "def f():\n  'Like SQL now(), but of the platform.'"),
        (rules.ends_a_transaction, "before_commit(f)\nself.committed"),
        (rules.catches_everything, "try: f()\nexcept ValueError: pass"),
        (rules.prints, "log.info('printed')"),
        (rules.uses_floats, "amount_mg = Decimal('0.5')"),
        (rules.waits, "def f(): ..."),
        (rules.reaches_out("dosing"), "from kairos_chassis.errors import Kind\nimport decimal"),
        (rules.reaches_out("dosing"), "from dosing.domain.errors import NoOrder"),
        (rules.is_no_single_verb("a"), "class A: ...\nasync def a(): ...\ndef _b(): ..."),
        (rules.has_a_longer_function(3), "def f():\n  a\n  b"),
    ],
)
def test_kept_rule_finds_nothing(rule: Rule, code: str) -> None:
    assert found_in(rule, code) == []


# --- sizes ------------------------------------------------------------------------------------


def long_files(folder: Path, limit: int) -> Iterator[str]:
    """Files with more lines than that."""
    for path in python_files(folder):
        lines = len(path.read_text().splitlines())
        longer = [most for end, most in LONGER_FILES.items() if path.match(end)]
        if lines > max([limit, *longer]):
            yield f"{path.name} has {lines} lines"


@pytest.mark.parametrize("package", PACKAGES)
def test_files_and_functions_stay_small(package: str) -> None:
    rule = rules.has_a_longer_function(FUNCTION_LINES[package])

    assert list(long_files(source(package), FILE_LINES[package])) == []
    assert breaches(rule, source(package)) == []


def test_limits_are_never_generous() -> None:
    assert max(FILE_LINES.values()) <= 300
    assert max(FUNCTION_LINES.values()) <= 60


def test_long_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("a\n" * 4)

    assert list(long_files(tmp_path, 3)) == ["long.py has 4 lines"]
    assert list(long_files(tmp_path, 4)) == []


def test_looking_at_nothing_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        breaches(rules.prints, tmp_path)
