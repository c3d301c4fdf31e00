"""What a field holds, in words for people."""

from typing import Any

from kairos_events.content import FORMAT_NAMES, PATTERN_NAMES
from kairos_events.profile import UNIONS
from kairos_events.schema import Schema


def kind_of(schema: Any) -> str:
    """Name the kind of a field by its schema, e.g. `id or null`; whatever schema it is."""
    if not isinstance(schema, dict):
        return "anything"
    for union in UNIONS:
        if union in schema:
            return " or ".join(kind_of(branch) for branch in schema[union])
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        longest = f" of up to {schema['maxItems']}" if "maxItems" in schema else ""
        return f"list{longest}: {kind_of(schema.get('items', True))}"
    if schema.get("type") == "integer":
        limits = [str(schema[end]) for end in ("minimum", "maximum") if end in schema]
        return " ".join(["whole number", " to ".join(limits)]).rstrip()
    if "pattern" in schema:
        return PATTERN_NAMES.get(schema["pattern"], "text")
    return FORMAT_NAMES.get(schema.get("format", ""), str(schema.get("type")))


def inside(schema: Schema) -> tuple[str, Schema] | None:
    """The object inside of a field's schema, if there is one, and the step of a path to it."""
    for union in UNIONS:
        for branch in schema.get(union, ()):
            if (found := inside(branch)) is not None:
                return found
    if "items" in schema:
        found = inside(schema["items"])
        return None if found is None else (f"[]{found[0]}", found[1])
    return (".", schema) if "properties" in schema else None
