"""What a migration may do while the version before it still runs: only add.

A migration that takes something away runs a release later, when nobody uses it any more, and says
so: `contract = "why nothing uses it any more"` at the top of its file.
"""

import ast
import re
from collections.abc import Iterator

_REFUSED = (
    (r"\bDROP\s+(?!NOT\s+NULL|DEFAULT)\w+", "drops"),
    (r"\bRENAME\b", "renames"),
    (r"\bALTER\s+(COLUMN\s+)?\"?\w+\"?\s+(SET\s+DATA\s+)?TYPE\b", "changes a type"),
    (r"\bSET\s+NOT\s+NULL\b", "forbids NULL in rows that are there"),
    (r"\bTRUNCATE\b|\bDELETE\s+FROM\b", "deletes rows"),
)
_STATEMENT = re.compile(r"[^;]+")
_ADD_COLUMN = re.compile(
    r"\bADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?!CONSTRAINT|CHECK|UNIQUE|FOREIGN|PRIMARY|EXCLUDE)"
    r"\"?\w+\"?\s+[^,]*",
    re.IGNORECASE,
)
_ADD_CONSTRAINT = re.compile(
    r"\bADD\s+(?:CONSTRAINT\s+\w+\s+)?(?:CHECK|FOREIGN\s+KEY)\b", re.IGNORECASE
)
_INDEX = re.compile(
    r"\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+(?P<online>CONCURRENTLY\s+)?.*?\bON\s+(?:ONLY\s+)?(?P<table>\w+)",
    re.IGNORECASE | re.DOTALL,
)
_NEW_TABLE = re.compile(r"\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)", re.IGNORECASE)


def faults_of_migration(code: str) -> Iterator[str]:
    """What a migration does that the version before it would not survive, and what it blocks."""
    tree = ast.parse(code)
    if _says_why(tree):
        return
    texts = list(_sql_of(tree))
    fresh = {name for text in texts for name in _NEW_TABLE.findall(text)}
    for text in texts:
        for statement in _STATEMENT.findall(text):
            yield from _faults_of_statement(statement, fresh)
    for call in ast.walk(tree):
        name = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
        if name.startswith("op."):
            yield from _faults_of_operation(name.removeprefix("op."), ast.unparse(call))


def _says_why(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Assign)
        and [ast.unparse(target) for target in node.targets] == ["contract"]
        and isinstance(node.value, ast.Constant)
        and bool(node.value.value)
        for node in tree.body
    )


def _sql_of(tree: ast.Module) -> Iterator[str]:
    """The texts of a migration, without its docstrings and SQL's comments."""
    prose = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in prose:
            yield re.sub(r"--[^\n]*", "", node.value)


def _faults_of_statement(statement: str, fresh: set[str]) -> Iterator[str]:
    for pattern, fault in _REFUSED:
        if re.search(pattern, statement, re.IGNORECASE):
            yield fault
    if re.search(r"\bALTER\s+TABLE\b", statement, re.IGNORECASE):
        for added in _ADD_COLUMN.findall(statement):
            required = re.search(r"\bNOT\s+NULL\b", added, re.IGNORECASE)
            if required and not re.search(r"\b(DEFAULT|GENERATED)\b", added, re.IGNORECASE):
                yield "adds a required column without a default"
        checked = _ADD_CONSTRAINT.search(statement)
        if checked and not re.search(r"\bNOT\s+VALID\b", statement, re.IGNORECASE):
            yield "checks every row under a lock: add it NOT VALID, validate later"
    for index in _INDEX.finditer(statement):
        if not index["online"] and index["table"] not in fresh:
            yield "blocks writers while it builds an index: CREATE INDEX CONCURRENTLY"


def _faults_of_operation(name: str, call: str) -> Iterator[str]:
    if name.startswith("drop_"):
        yield "drops"
    if name == "rename_table" or "new_column_name=" in call:
        yield "renames"
    if name == "alter_column" and "type_=" in call:
        yield "changes a type"
    if name == "alter_column" and "nullable=False" in call:
        yield "forbids NULL in rows that are there"
    if name == "add_column" and "nullable=False" in call and "server_default=" not in call:
        yield "adds a required column without a default"
    if name == "create_index" and "postgresql_concurrently=True" not in call:
        yield "blocks writers while it builds an index: CREATE INDEX CONCURRENTLY"
