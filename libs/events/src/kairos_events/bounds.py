"""Whether the type and the bounds that a reader asks for hold for all that a writer allows."""

import math
import re
from typing import Any

from kairos_events.profile import Found
from kairos_events.schema import Schema

_SAME_OR_REFUSED = ("pattern", "format", "uniqueItems")
_NOT_BELOW = ("minLength", "minItems", "minProperties")
_NOT_ABOVE = ("maxLength", "maxItems", "maxProperties")
_JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_INFINITE = float("inf")


def type_refusals(path: str, writer: Schema, reader: Schema) -> Found:
    """Compare two types; a whole number may be read as a number, not the reverse."""
    if "enum" in reader or "const" in reader:
        yield path, "enum_narrowed: the writer names no values"
    expected, written = reader.get("type"), writer.get("type")
    widened = (written, expected) == ("integer", "number")
    if expected is not None and written != expected and not widened:
        yield path, f"type_changed: {written or 'any'} is read as {expected}"


def bound_refusals(path: str, writer: Schema, reader: Schema) -> Found:
    """Compare lengths, sizes, ranges, patterns and formats of two nodes."""
    for keyword in _SAME_OR_REFUSED:
        if reader.get(keyword) and writer.get(keyword) != reader[keyword]:
            yield path, f"{keyword}_changed"
    for keyword in _NOT_BELOW:
        if reader.get(keyword, 0) > writer.get(keyword, 0):
            yield path, f"narrowed: {keyword}"
    for keyword in _NOT_ABOVE:
        if keyword in reader and not writer.get(keyword, _INFINITE) <= reader[keyword]:
            yield path, f"narrowed: {keyword}"
    yield from _range(path, writer, reader, "minimum", "exclusiveMinimum", sign=1)
    yield from _range(path, writer, reader, "maximum", "exclusiveMaximum", sign=-1)


def meets_pattern(value: Any, pattern: str) -> bool:
    """Whether one text surely meets a pattern. Of patterns that dialects of regular expressions
    may read differently, nothing is sure.
    """
    plain = "\\" not in pattern.replace(r"\.", "") and "(?" not in pattern
    return (
        plain
        and isinstance(value, str)
        and value.isascii()
        and value.isprintable()
        and bool(re.search(pattern, value))
    )


def narrowest(value: Any) -> Schema:
    """A schema without enum that a value fits, as narrow as it can be put in bounds."""
    schema: Schema = {"type": _JSON_TYPES.get(type(value), "unknown")}
    if isinstance(value, str):
        schema |= {"minLength": len(value), "maxLength": len(value)}
    elif schema["type"] in {"integer", "number"}:
        schema |= {"minimum": value, "maximum": value}
    return schema


def _range(
    path: str, writer: Schema, reader: Schema, inclusive: str, exclusive: str, *, sign: int
) -> Found:
    """Compare one end of two ranges; `sign` turns a maximum into a minimum."""
    at = sign * writer[inclusive] if inclusive in writer else -_INFINITE
    beyond = sign * writer[exclusive] if exclusive in writer else -_INFINITE
    if writer.get("type") == "integer" and math.isfinite(beyond):
        at = max(at, math.floor(beyond) + 1)  # the first whole number beyond
    if inclusive in reader and max(at, beyond) < sign * reader[inclusive]:
        yield path, f"narrowed: {inclusive}"
    if exclusive in reader:
        limit = sign * reader[exclusive]
        if not (at > limit or beyond >= limit):
            yield path, f"narrowed: {exclusive}"
