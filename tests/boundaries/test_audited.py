"""What operators, handlers and timers do is in the audit trail: there is one way to each, and it
writes the entry. A way around it is found here."""

import ast
from collections.abc import Iterator

import pytest

from .house import PACKAGES, ROOT, SERVICES, python_files, service_object, source

# Who may open a database, and why that is no verb's way around the trail.
OPENERS = {
    "kairos_chassis/db.py": "opens it",
    "kairos_chassis/process.py": "serves and works: requests, handlers and timers are audited",
    "kairos_chassis/operations/opening.py": "opens it for a verb, and writes the entry first",
    "kairos_chassis/bus/history.py": "a table of its own beside a replay that `opening` has let in",
    "kairos_chassis/migrations.py": "changes tables, and reads no row of a patient",
    "integration/wiring.py": "the notes' own role, for requests",
    "kairos_local/": "the server of one machine, and its roles",
    "kairos_chassis/testing/": "tests",
}
RUNNERS = {
    "kairos_chassis/bus/applying.py": "of_event",
    "kairos_chassis/timers.py": "of_timer",
    "kairos_chassis/testing/harness.py": "of_event",
}


def openings(code: str) -> Iterator[int]:
    """Lines that open a database."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "Database.connect",
            "asyncpg.connect",
            "asyncpg.create_pool",
        ):
            yield node.lineno


def runs(code: str) -> Iterator[tuple[int, str]]:
    """Lines that run a handler, and the function they stand in."""
    for function in ast.walk(ast.parse(code)):
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called.endswith("subscription.handler") or "handler_of(" in called:
                yield node.lineno, ast.unparse(function)


def sources() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in python_files(source(package)):
            yield path.relative_to(ROOT).as_posix(), path.read_text()


def test_nothing_but_the_audited_ways_opens_a_database() -> None:
    others = [
        f"{name}:{line}"
        for name, code in sources()
        for line in openings(code)
        if not any(place in name for place in OPENERS)
    ]
    assert others == []


def test_every_handler_and_timer_is_run_by_what_writes_the_entry() -> None:
    found = [(name, line, function) for name, code in sources() for line, function in runs(code)]
    assert {name.partition("src/")[2] for name, _, _ in found} == set(RUNNERS)
    for name, line, function in found:
        assert RUNNERS[name.partition("src/")[2]] in function, f"{name}:{line}"


@pytest.mark.parametrize("service", SERVICES)
def test_verbs_open_a_database_by_what_they_are_given(service: str) -> None:
    for verb in service_object(service).verbs:
        names = verb.act.__code__.co_varnames[: verb.act.__code__.co_argcount]
        assert names[0] == "asked", verb.name


def test_way_around_is_found() -> None:
    verb = "async def act(asked, connect):\n  db = await Database.connect(url)"
    assert list(openings(verb)) == [2]
    assert list(openings("async def act(asked, connect):\n  async with connect() as db: ...")) == []
    (found,) = runs("async def go(tx):\n  await subscription.handler(event, envelope, tx)")
    assert "of_event" not in found[1]
    (timer,) = runs("async def go(tx):\n  await timers.handler_of(kind)(due, tx)")
    assert "of_timer" not in timer[1]
