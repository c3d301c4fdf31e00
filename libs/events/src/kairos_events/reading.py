"""Whether a reader's schema accepts all that a writer's schema allows.

The profile is restricted on purpose. A keyword outside of it is refused, never guessed at: the
answer "nothing refused" is a promise, a refusal may be over-careful. Off-the-shelf checkers call
some unsafe pairs compatible (a narrowed enum, a changed const, a changed format).
"""

from collections.abc import Iterator
from typing import Any

from kairos_events.schema import Schema, canonical_json

ANNOTATIONS = frozenset({"$id", "$schema", "title", "description", "default", "examples"})
_UNDERSTOOD = ANNOTATIONS | {
    *("type", "enum", "const", "anyOf"),
    *("properties", "required", "additionalProperties"),
    *("items", "minItems", "maxItems", "uniqueItems"),
    *("pattern", "format", "minLength", "maxLength"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}
_SAME_OR_REFUSED = ("pattern", "format", "uniqueItems")
_NOT_BELOW = ("minLength", "minItems")
_NOT_ABOVE = ("maxLength", "maxItems")
_JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}

_INFINITE = float("inf")

Found = Iterator[tuple[str, str]]


def refusals(path: str, writer: Any, reader: Any) -> Found:
    """Yield, as path and rule, what keeps an instance of `writer` from being one of `reader`."""
    if _accepts_all(reader):
        return
    unknown = list(_not_understood(path, writer, reader))
    if unknown:
        yield from unknown
    elif "anyOf" in writer:
        for branch in writer["anyOf"]:
            yield from refusals(path, branch, reader)
    elif "anyOf" in reader:
        tried = [list(refusals(path, writer, branch)) for branch in reader["anyOf"]]
        if all(tried):
            # of the branches that refuse, the one that comes nearest says most
            yield from min(tried, key=len, default=[(path, "no_branch")])
    elif "enum" in writer or "const" in writer:
        yield from _values(path, _enumerated(writer), reader)
    else:
        yield from _type(path, writer, reader)
        yield from _bounds(path, writer, reader)
        yield from _array(path, writer, reader)
        yield from _object(path, writer, reader)


def _accepts_all(schema: Any) -> bool:
    return schema is True or (isinstance(schema, dict) and not schema.keys() - ANNOTATIONS)


def _not_understood(path: str, *schemas: Any) -> Found:
    for schema in schemas:
        if not isinstance(schema, dict):
            yield path, "not_understood: any value, or none"
            continue
        for keyword in sorted(schema.keys() - _UNDERSTOOD):
            yield path, f"not_understood: {keyword}"
        if "anyOf" in schema and schema.keys() - ANNOTATIONS - {"anyOf"}:
            yield path, "not_understood: anyOf beside other keywords"
        if "enum" in schema and "const" in schema:
            yield path, "not_understood: enum beside const"
        if not isinstance(schema.get("type", ""), str):
            yield path, "not_understood: a list of types"


def _enumerated(schema: Schema) -> list[Any]:
    values = [schema["const"]] if "const" in schema else schema["enum"]
    return list(values)


def _values(path: str, values: list[Any], reader: Schema) -> Found:
    """Every value that the writer names must be one the reader names, and fit all else it asks."""
    rest = {key: asked for key, asked in reader.items() if key not in {"enum", "const"}}
    for value in values:
        if rest != reader and not any(same(value, known) for known in _enumerated(reader)):
            yield path, f"enum_narrowed: {value!r}"
        yield from refusals(path, _only(value), rest)


def _only(value: Any) -> Schema:
    """A schema without enum that a value fits, as narrow as it can be put in bounds."""
    schema: Schema = {"type": _JSON_TYPES.get(type(value), "unknown")}
    if isinstance(value, str):
        schema |= {"minLength": len(value), "maxLength": len(value)}
    elif schema["type"] in {"integer", "number"}:
        schema |= {"minimum": value, "maximum": value}
    return schema


def _type(path: str, writer: Schema, reader: Schema) -> Found:
    if "enum" in reader or "const" in reader:
        yield path, "enum_narrowed: the writer names no values"
    expected, written = reader.get("type"), writer.get("type")
    widened = (written, expected) == ("integer", "number")
    if expected is not None and written != expected and not widened:
        yield path, f"type_changed: {written or 'any'} is read as {expected}"


def _bounds(path: str, writer: Schema, reader: Schema) -> Found:
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


def _range(
    path: str, writer: Schema, reader: Schema, inclusive: str, exclusive: str, *, sign: int
) -> Found:
    """Compare one end of two ranges; `sign` turns a maximum into a minimum."""
    at = sign * writer[inclusive] if inclusive in writer else -_INFINITE
    beyond = sign * writer[exclusive] if exclusive in writer else -_INFINITE
    if inclusive in reader and max(at, beyond) < sign * reader[inclusive]:
        yield path, f"narrowed: {inclusive}"
    if exclusive in reader:
        limit = sign * reader[exclusive]
        if not (at > limit or beyond >= limit):
            yield path, f"narrowed: {exclusive}"


def _array(path: str, writer: Schema, reader: Schema) -> Found:
    if "items" in reader:
        yield from refusals(f"{path}[]", writer.get("items", True), reader["items"])


def _object(path: str, writer: Schema, reader: Schema) -> Found:
    written, read = writer.get("properties", {}), reader.get("properties", {})
    for name in sorted(set(reader.get("required", ())) - set(writer.get("required", ()))):
        yield f"{path}.{name}", "field_not_always_written"
    rest = writer.get("additionalProperties", True)
    for name in sorted(read):
        if name in written:
            yield from refusals(f"{path}.{name}", written[name], read[name])
        elif rest is not False and not _accepts_all(read[name]):
            # an open writer may use this very name for something else
            yield from refusals(f"{path}.{name}", rest, read[name])
    closed = reader.get("additionalProperties", True)
    if closed is not True:
        unread = {name: written[name] for name in sorted(written.keys() - read.keys())}
        if rest is not False:
            unread["*"] = rest
        for name, field in unread.items():
            if closed is False:
                yield f"{path}.{name}", "reader_is_closed"
            else:
                yield from refusals(f"{path}.{name}", field, closed)


def same(one: Any, other: Any) -> bool:
    """Equality of JSON values, in which `true` is not `1`."""
    return canonical_json(one) == canonical_json(other)
