"""Rules of the house that a type checker and a linter do not know, each a function from a parsed
module to its breaches: the line, and what is wrong there."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from typing import TypeAlias

Breach: TypeAlias = tuple[int, str]
Rule: TypeAlias = Callable[[ast.Module], Iterator[Breach]]

_NOW = re.compile(r"\b(now\(\)|current_timestamp\b|clock_timestamp\(\))", re.IGNORECASE)
_OUTSIDE = {"asyncio", "http", "os", "pathlib", "random", "secrets", "socket", "sqlite3"}
_OUTSIDE |= {"shutil", "subprocess", "tempfile", "threading", "time", "urllib"}


def reads_a_clock(tree: ast.Module) -> Iterator[Breach]:
    """The platform's time is `tx.now` or an injected Clock: it can be moved, and it is one."""
    prose = set(_docstrings(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = ast.unparse(node)
            if re.search(r"(^|\.)(datetime|date)\.(now|utcnow|today)$", name):
                yield node.lineno, name
            if re.search(r"^time\.(time|time_ns|localtime|gmtime)$", name):
                yield node.lineno, name
            if re.search(r"^(sa\.|sqlalchemy\.)?func\.(now|\w+_timestamp)$", name):
                yield node.lineno, name
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            for alias in node.names:
                if alias.name in {"time", "time_ns", "localtime", "gmtime"}:
                    yield node.lineno, f"time.{alias.name}"
        if found := _NOW.search(_text(node) if node not in prose else ""):
            yield getattr(node, "lineno", 0), f"SQL {found[0]}"


def ends_a_transaction(tree: ast.Module) -> Iterator[Breach]:
    """The edge commits, and rolls back: nothing below it does."""
    for call in _calls(tree):
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"commit", "rollback"}:
            yield call.lineno, ast.unparse(call.func)


def catches_everything(tree: ast.Module) -> Iterator[Breach]:
    """Who catches Exception hides a fault from the edge, which would have said 500 and why."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = "" if node.type is None else ast.unparse(node.type)
            if re.search(r"^$|\b(Base)?Exception\b", caught):
                yield node.lineno, f"except {caught}".strip()


def prints(tree: ast.Module) -> Iterator[Breach]:
    """Processes log structured lines; what is printed may hold anything."""
    for call in _calls(tree):
        if isinstance(call.func, ast.Name) and call.func.id in {"print", "pprint"}:
            yield call.lineno, call.func.id


def has_a_manager(tree: ast.Module) -> Iterator[Breach]:
    """A Manager is a name for not having found one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name.endswith("Manager"):
            yield node.lineno, node.name


def uses_floats(tree: ast.Module) -> Iterator[Breach]:
    """Doses are Decimal: 0.1 mg thirty times is 3 mg."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "float"
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, repr(node.value)


def waits(tree: ast.Module) -> Iterator[Breach]:
    """A domain is synchronous: it decides, and reaches for nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncWith | ast.AsyncFor):
            yield getattr(node, "lineno", 0), type(node).__name__


def reaches_out(service: str, *allowed: str) -> Rule:
    """A domain imports what decides: itself, the error kinds, and the pure standard library."""
    friends = (f"{service}.domain", "kairos_chassis.errors", *allowed)

    def rule(tree: ast.Module) -> Iterator[Breach]:
        for line, name in _imported(tree):
            top = name.split(".")[0]
            pure = top in sys.stdlib_module_names and top not in _OUTSIDE
            if not pure and not any(f"{name}.".startswith(f"{friend}.") for friend in friends):
                yield line, name

    return rule


def is_no_single_verb(name: str) -> Rule:
    """A use case's file holds one public function, async, named as the file."""

    def rule(tree: ast.Module) -> Iterator[Breach]:
        kinds = ast.FunctionDef | ast.AsyncFunctionDef
        public = [n for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_")]
        if name not in [n.name for n in public]:
            yield 1, f"{name} is missing"
        for node in public:
            if node.name != name:
                yield node.lineno, f"{node.name} belongs into a file of its own"
            elif isinstance(node, ast.FunctionDef):
                yield node.lineno, f"{name} is not async"

    return rule


def has_a_longer_function(limit: int) -> Rule:
    """A function that does not fit a screen is several."""

    def rule(tree: ast.Module) -> Iterator[Breach]:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > limit:
                    yield node.lineno, f"{node.name} has {lines} lines"

    return rule


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def _text(node: ast.AST) -> str:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else ""


def _docstrings(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        # Also the text below an attribute, which Python drops and readers do not.
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
