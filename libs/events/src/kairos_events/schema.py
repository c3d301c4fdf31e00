"""The JSON Schema of an event as it is blessed: the contract and nothing else.

Titles and descriptions are left out, so that words can be improved without a new contract; nested
models are written in place, so that a schema does not depend on the name of a Python class.
"""

import functools
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel

Schema = dict[str, Any]
Mode = Literal["validation", "serialization"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_WORDS = frozenset({"title", "description", "examples"})
_SETS = frozenset({"required", "enum"})  # lists whose order means nothing
_HASH_LENGTH = 16  # hex digits, 64 bits: enough to tell the versions of one event apart
_PREFIX = "urn:kairos:schema"


class SchemaShapeError(ValueError):
    """A model whose schema refers to itself; such an event has no bounded size."""


@functools.cache
def schema_hash(model: type[BaseModel]) -> str:
    """Return the name of the model's contract: the start of the SHA-256 of its canonical schema."""
    return hash_of(contract(model, "serialization"))


def hash_of(schema: Schema) -> str:
    """Return the hash that names a contract; `$id` and `$schema` are not part of it."""
    bare = {key: value for key, value in schema.items() if key not in {"$id", "$schema"}}
    return hashlib.sha256(canonical_json(bare)).hexdigest()[:_HASH_LENGTH]


def schema_uri(event_type: str, schema_hash: str) -> str:
    """Return the URI of a blessed schema, as it stands in `ce_dataschema` and in `$id`."""
    return f"{_PREFIX}:{event_type}:{schema_hash}"


def blessed_schema(event_type: str, model: type[BaseModel]) -> Schema:
    """Return the schema that a writer of this event promises, with its dialect and `$id`."""
    bare = contract(model, "serialization")
    return {"$schema": _DIALECT, "$id": schema_uri(event_type, hash_of(bare)), **bare}


def contract(model: type[BaseModel], mode: Mode) -> Schema:
    """Return the model's schema without words and references.

    Writers are described in serialization mode, readers in validation mode. Raises
    `SchemaShapeError`.
    """
    raw = model.model_json_schema(mode=mode)
    definitions = raw.pop("$defs", {})
    bare: Schema = _in_place(raw, definitions, ())
    return bare


def canonical_json(schema: Schema) -> bytes:
    """Write a schema so that equal schemas are equal bytes."""
    text = json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.encode("ascii")


def file_text(schema: Schema) -> str:
    """Write a schema as it stands in its file: sorted and indented, for people to read."""
    return json.dumps(schema, sort_keys=True, indent=2, ensure_ascii=True) + "\n"


def _in_place(node: Any, definitions: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    """Copy a schema node without its words, with every reference replaced by what it refers to."""
    if isinstance(node, list):
        return [_in_place(item, definitions, inside) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        name = node["$ref"].removeprefix("#/$defs/")
        if name in inside:
            raise SchemaShapeError(f"{name} contains itself")
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return _in_place({**definitions[name], **beside}, definitions, (*inside, name))
    return {
        key: _keyword(key, value, definitions, inside)
        for key, value in node.items()
        if key not in _WORDS
    }


def _keyword(key: str, value: Any, definitions: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    if key == "properties":
        return _properties(value, definitions, inside)
    if key == "discriminator":
        return {"propertyName": value["propertyName"]}  # its mapping names Python classes
    if key in _SETS:
        return sorted(value, key=str)
    return _in_place(value, definitions, inside)


def _properties(
    fields: Mapping[str, Any], definitions: Mapping[str, Any], inside: tuple[str, ...]
) -> Schema:
    """Copy a `properties` map, whose keys are field names, never schema keywords."""
    return {name: _in_place(field, definitions, inside) for name, field in fields.items()}
