"""What may stand in an event: facts and codes with opaque ids, bounded, without free text."""

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter

from kairos_events import fields
from kairos_events.problem import Problem
from kairos_events.schema import Schema

PATTERN_NAMES = {
    TypeAdapter(kind).json_schema()["pattern"]: name
    for name, kind in (
        ("decimal", fields.ExactDecimal),
        ("decimal above 0", fields.PositiveDecimal),
        ("code", fields.Code),
        ("version tag", fields.VersionTag),
        ("SHA-256", fields.Sha256),
        ("state", fields.StateCode),
        ("time zone", fields.ZoneName),
    )
}
"""The kinds of text there are, by their pattern: any other pattern could let prose through."""

FORMAT_NAMES = {"uuid": "id", "date-time": "instant", "date": "date"}
"""The kinds of text that have a format instead."""

_PERSONAL = (
    *("name", "firstname", "lastname", "surname", "nickname", "gender", "sex", "race"),
    *("birth", "birthday", "dob", "age", "ssn", "mrn", "insurance", "identifier", "diagnosis"),
    *("email", "mail", "phone", "mobile", "fax", "address", "street", "city", "zip", "contact"),
)
_FREE = (
    *("text", "note", "notes", "comment", "comments", "description", "narrative", "message"),
    *("free", "journal", "story", "summary", "detail", "details", "label", "title"),
)
_FORBIDDEN = frozenset({*_PERSONAL, *_FREE})
_ALLOWED = frozenset({"text_sha256"})  # a digest of what was shown says nothing of the patient


def content_problems(event: str, schema: Schema) -> list[Problem]:
    """Say what in a writer's schema may not travel on the bus."""
    return [Problem(event, path, rule) for path, rule in _node("$", schema)]


def _node(path: str, schema: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(schema, dict):
        yield path, "unbounded: anything"
        return
    if "anyOf" in schema:
        for branch in schema["anyOf"]:
            yield from _node(path, branch)
    elif "enum" in schema or "const" in schema:
        return
    elif schema.get("type") == "object":
        yield from _object(path, schema)
    elif schema.get("type") == "array":
        if "maxItems" not in schema:
            yield path, "unbounded: a list without a longest length"
        yield from _node(f"{path}[]", schema.get("items", True))
    else:
        yield from _leaf(path, schema)


def _object(path: str, schema: Schema) -> Iterator[tuple[str, str]]:
    if schema.get("additionalProperties") is not False:
        yield path, "open_writer: additional properties are allowed"
    for name, field in schema.get("properties", {}).items():
        where = f"{path}.{name}"
        for word in sorted(_FORBIDDEN.intersection(name.split("_"))):
            if name not in _ALLOWED:
                yield where, f"personal_or_free_text: {word}"
        yield from _node(where, field)


def _leaf(path: str, schema: Schema) -> Iterator[tuple[str, str]]:
    kind = schema.get("type")
    if kind == "string":
        known = schema.get("pattern") in PATTERN_NAMES or schema.get("format") in FORMAT_NAMES
        if not known:
            yield path, "free_text: a text of none of the kinds in `fields`"
    elif kind == "integer":
        if "minimum" not in schema or "maximum" not in schema:
            yield path, "unbounded: a whole number without limits"
    elif kind == "number":
        yield path, "floating_point: write a decimal as text"
    elif kind not in {"boolean", "null"}:
        yield path, f"unbounded: {kind or 'anything'}"
