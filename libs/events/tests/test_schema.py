from __future__ import annotations

from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from kairos_events.fields import Codes, Route
from kairos_events.model import EventModel
from kairos_events.schema import SchemaShapeError, blessed_schema, contract, file_text, hash_of


class Part(EventModel):
    """A part."""

    route: Route


class Whole(EventModel):
    """A whole."""

    id: UUID
    description: Codes
    """A field may be called like a schema keyword."""
    parts: tuple[Part, ...]


class Wordy(EventModel):
    """Quite other words."""

    description: Codes
    """Other words."""
    parts: tuple[Part, ...]
    id: UUID


class Endless(EventModel):
    """Contains itself."""

    inner: Endless | None


def test_a_contract_has_no_words_and_no_references() -> None:
    text = file_text(contract(Whole, "serialization"))

    assert "$ref" not in text
    assert "title" not in text
    assert "like a schema keyword" not in text
    assert "description" in contract(Whole, "serialization")["properties"]


def test_words_and_field_order_do_not_change_a_contract() -> None:
    assert hash_of(contract(Whole, "serialization")) == hash_of(contract(Wordy, "serialization"))


def test_a_blessed_schema_is_valid_and_names_itself() -> None:
    schema = blessed_schema("a.b.v1", Whole)

    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:kairos:schema:a.b.v1:{hash_of(schema)}"


def test_an_endless_model_is_refused() -> None:
    with pytest.raises(SchemaShapeError):
        contract(Endless, "serialization")
