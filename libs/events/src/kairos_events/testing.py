"""For tests: generated instances of a writer's schema. Needs Hypothesis (the extra `testing`)."""

from datetime import UTC
from typing import Any

from hypothesis import strategies as st

from kairos_events.schema import Schema
from kairos_events.wire_text import format_instant

Strategy = st.SearchStrategy[Any]

_MOST_ITEMS = 5  # in one generated list, to keep instances small


def instances(schema: Schema) -> Strategy:
    """Return a strategy for JSON values that the schema allows.

    Independent of the compatibility checker, so that each can be held against the other. Raises
    `TypeError` for a schema outside the profile of blessed schemas.
    """
    if "anyOf" in schema:
        return st.one_of([instances(branch) for branch in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "object":
            return _objects(schema)
        case "array":
            most = min(schema.get("maxItems", _MOST_ITEMS), _MOST_ITEMS)
            return st.lists(
                instances(schema["items"]), min_size=schema.get("minItems", 0), max_size=most
            )
        case "integer":
            return st.integers(schema["minimum"], schema["maximum"])
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "string":
            return _texts(schema)
        case kind:
            raise TypeError(f"no instances of {kind}")


def _objects(schema: Schema) -> Strategy:
    fields = {name: instances(field) for name, field in schema["properties"].items()}
    required = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: field for name, field in fields.items() if name in required},
        optional={name: field for name, field in fields.items() if name not in required},
    )


def _texts(schema: Schema) -> Strategy:
    match schema.get("format"):
        case "uuid":
            return st.uuids().map(str)
        case "date-time":
            return st.datetimes(timezones=st.just(UTC)).map(format_instant)
        case "date":
            return st.dates().map(lambda day: day.isoformat())
    if "pattern" not in schema:
        raise TypeError("no instances of free text")
    pattern = schema["pattern"].removeprefix("^").removesuffix("$")
    return st.from_regex(pattern, fullmatch=True, alphabet=st.characters(max_codepoint=127))
