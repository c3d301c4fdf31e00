"""The part of JSON Schema that the compatibility check understands; the rest is refused.

The profile is restricted on purpose. A keyword outside of it is refused, never guessed at: the
answer "nothing refused" is a promise, a refusal may be over-careful.
"""

from collections.abc import Iterator
from typing import Any

from kairos_events.schema import Schema

Found = Iterator[tuple[str, str]]
"""What is wrong, as path and rule."""

ANNOTATIONS = frozenset({"$id", "$schema", "title", "description", "default", "examples"})
UNIONS = ("anyOf", "oneOf")

_WITHOUT_EFFECT = ANNOTATIONS | {"$defs", "discriminator"}
_UNDERSTOOD = _WITHOUT_EFFECT | {
    *("type", "enum", "const", *UNIONS),
    *("properties", "required", "additionalProperties", "minProperties", "maxProperties"),
    *("items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
    *("pattern", "format", "minLength", "maxLength"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}
_DEFINITIONS = "#/$defs/"


def accepts_all(schema: Any) -> bool:
    """Whether a schema asks for nothing."""
    return schema is True or (isinstance(schema, dict) and not schema.keys() - _WITHOUT_EFFECT)


def resolved(node: Any, root: Any) -> Any:
    """Follow the references of a node; one that leads nowhere is left, to be refused."""
    followed = set[str]()
    while isinstance(node, dict) and "$ref" in node:
        name = node["$ref"].removeprefix(_DEFINITIONS)
        definitions = root.get("$defs", {})
        constrained = node.keys() - _WITHOUT_EFFECT - {"$ref"}
        if name in followed or name not in definitions or constrained:
            break
        followed.add(name)
        node = definitions[name]
    return node


def branches(schema: Schema) -> list[Any] | None:
    """The branches of a union; None for what is no union."""
    for union in UNIONS:
        if union in schema:
            return list(schema[union])
    return None


def not_understood(path: str, schema: Any) -> Found:
    """Name what of a node's own keywords lies outside of the profile, on either side."""
    if not isinstance(schema, dict):
        yield path, "not_understood: any value, or none"
        return
    for keyword in sorted(schema.keys() - _UNDERSTOOD):
        yield path, f"not_understood: {keyword}"
    for union in UNIONS:
        if union in schema and schema.keys() - _WITHOUT_EFFECT - {union}:
            yield path, f"not_understood: {union} beside other keywords"
    if "enum" in schema and "const" in schema:
        yield path, "not_understood: enum beside const"
    if not isinstance(schema.get("type", ""), str):
        yield path, "not_understood: a list of types"


def not_readable(path: str, reader: Schema, root: Any) -> Found:
    """Name the unions whose reader may refuse what one of the branches allows."""
    parts = [resolved(part, root) for part in branches(reader) or ()]
    if "oneOf" in reader and not _told_apart(reader, parts):
        yield path, "not_understood: oneOf without a required constant in each branch"
    types = {part.get("type") for part in parts if isinstance(part, dict)}
    if "number" in types and any(_is_free_text(part) for part in parts):
        # pydantic describes any Decimal so: its schema says nothing of digits or bounds
        yield path, "not_understood: a decimal without pattern"


def _told_apart(reader: Schema, parts: list[Any]) -> bool:
    """Whether no value fits two branches: each requires other texts in the discriminator."""
    tag = reader.get("discriminator", {}).get("propertyName")
    seen = list[Any]()
    for part in parts:
        if not isinstance(part, dict) or part.get("type") != "object":
            return False
        if tag not in part.get("required", ()):
            return False
        field = part.get("properties", {}).get(tag, {})
        values = enumerated(field)
        if not values or not all(isinstance(value, str) for value in values):
            return False
        seen += values
    return len(seen) == len(set(seen))


def _is_free_text(part: Any) -> bool:
    if not isinstance(part, dict) or part.get("type") != "string":
        return False
    return not part.keys() & {"pattern", "format", "enum", "const"}


def enumerated(schema: Any) -> list[Any]:
    """The values that a schema names; empty when it names none."""
    if not isinstance(schema, dict):
        return []
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))
