"""What a handler declares to rebuild is a table of its service, by a column that holds an id."""

import importlib
from collections.abc import Iterable

import pytest
from kairos_chassis.handlers import Handlers, Projection
from kairos_chassis.tables import platform
from kairos_chassis.trust_tables import care_team
from kairos_events.model import Reader
from sqlalchemy import MetaData, Uuid

from .house import SERVICES


def wrong(handlers: Handlers, metadata: MetaData) -> Iterable[str]:
    """The declarations that name no table, no column, or one that holds no id."""
    assert care_team.metadata is platform  # what the chassis keeps beside a service's own tables
    for name in handlers.types:
        subscription = handlers.find(name)
        if subscription is None or subscription.rebuilds is None:
            continue
        declared = subscription.rebuilds
        table = metadata.tables.get(declared.table, platform.tables.get(declared.table))
        if table is None or declared.key not in table.columns:
            yield f"{name}: {declared.table}.{declared.key} is not there"
        elif not isinstance(table.columns[declared.key].type, Uuid):
            yield f"{name}: {declared.table}.{declared.key} holds no id"


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_rebuilt_is_there(service: str) -> None:
    handlers: Handlers = importlib.import_module(f"{service}.consume").handlers
    metadata: MetaData = importlib.import_module(f"{service}.store.tables").metadata

    assert list(wrong(handlers, metadata)) == []


@pytest.mark.parametrize(
    ("table", "key"), [("diary", "id"), ("clearance", "mood"), ("clearance", "version")]
)
def test_wrong_declaration_is_found(table: str, key: str) -> None:
    metadata: MetaData = importlib.import_module("dosing.store.tables").metadata

    class Reads(Reader, type="planted.thing.v1"):
        """Nothing."""

    handlers = Handlers("planted")
    handlers.on(Reads, rebuilds=Projection(table, key))(_nothing)

    assert len(list(wrong(handlers, metadata))) == 1


async def _nothing(*_: object) -> None:
    """Does nothing."""
