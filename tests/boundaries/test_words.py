"""A statement put together by hand seals and opens the words it touches, as all others do."""

import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from kairos_chassis.statements import Statement
from kairos_chassis.word_types import Words, WordsJson, WordsList
from sqlalchemy import Column, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from .house import SERVICES


def words_of(metadata: MetaData) -> dict[str, set[str]]:
    """The columns of words, by table."""
    kinds = (Words, WordsJson, WordsList)
    return {
        name: columns
        for name, table in metadata.tables.items()
        if (columns := {c.name for c in table.columns if isinstance(c.type, kinds)})
    }


def in_clear(metadata: MetaData) -> set[str]:
    """Columns of text or JSON that are not sealed, of tables that name a patient."""
    return {
        f"{name}.{column.name}"
        for name, table in metadata.tables.items()
        if "patient_id" in table.c or name == "patient"
        for column in table.c
        if not isinstance(column.type, Words | WordsJson | WordsList)
        and (
            isinstance(column.type, Text | JSONB)
            or (isinstance(column.type, ARRAY) and isinstance(column.type.item_type, Text))
        )
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


@pytest.mark.parametrize("service", SERVICES)
def test_what_rests_in_clear_about_a_patient_was_judged(service: str) -> None:
    """A new column is sealed, or somebody has looked and written it down."""
    judged = tomllib.loads((Path(__file__).parent / "clear_columns.toml").read_text())[service]
    known = {f"{table}.{column}" for table, columns in judged.items() for column in columns}
    metadata: MetaData = importlib.import_module(f"{service}.store.tables").metadata

    assert in_clear(metadata) == known


def test_column_in_clear_that_nobody_has_judged_is_found() -> None:
    metadata = MetaData()
    columns = (Column("patient_id", Uuid), Column("remark", Text), Column("words", Words()))
    Table("letter", metadata, *columns)
    Table("room", metadata, Column("name", Text))

    assert in_clear(metadata) == {"letter.remark"}


def test_forgotten_word_is_found() -> None:
    words = {"letter": {"address"}}

    assert list(forgotten(Statement("SELECT address FROM letter", (), {}), words)) == [
        "letter.address"
    ]
    kept = Statement("SELECT address FROM letter", (), {}, opened=("address",))
    assert list(forgotten(kept, words)) == []
