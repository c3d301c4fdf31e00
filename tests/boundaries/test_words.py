"""A statement put together by hand seals and opens the words it touches, as all others do."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from kairos_chassis.statements import Statement
from kairos_chassis.word_types import Words, WordsJson, WordsList
from sqlalchemy import MetaData

from .house import SERVICES


def words_of(metadata: MetaData) -> dict[str, set[str]]:
    """The columns of words, by table."""
    kinds = (Words, WordsJson, WordsList)
    return {
        name: columns
        for name, table in metadata.tables.items()
        if (columns := {c.name for c in table.columns if isinstance(c.type, kinds)})
    }


def forgotten(one: Statement, words: dict[str, set[str]]) -> Iterator[str]:
    """Columns of words that a statement names, of a table it names, and neither seals nor opens."""
    names = set(re.findall(r"[a-z_]+", one.sql))
    for table, columns in words.items():
        if table not in names:
            continue
        for column in sorted(columns & names):
            if not one.sealed and column not in one.opened:
                yield f"{table}.{column}"


def statements(service: str) -> Iterator[tuple[str, Statement]]:
    """Every statement of the service's store. Those that take words away write nobody's."""
    package = importlib.import_module(f"{service}.store")
    for found in pkgutil.walk_packages(package.__path__, f"{service}.store."):
        for name, value in vars(importlib.import_module(found.name)).items():
            if isinstance(value, Statement) and not name.startswith("_ERASE"):
                yield f"{found.name}.{name}", value


@pytest.mark.parametrize("service", SERVICES)
def test_no_statement_forgets_whose_words_it_touches(service: str) -> None:
    metadata: MetaData = importlib.import_module(f"{service}.store.tables").metadata
    words = words_of(metadata)

    assert words
    found = [
        f"{name}: {what}" for name, one in statements(service) for what in forgotten(one, words)
    ]
    assert found == []


def test_forgotten_word_is_found() -> None:
    words = {"letter": {"address"}}

    assert list(forgotten(Statement("SELECT address FROM letter", (), {}), words)) == [
        "letter.address"
    ]
    kept = Statement("SELECT address FROM letter", (), {}, opened=("address",))
    assert list(forgotten(kept, words)) == []
