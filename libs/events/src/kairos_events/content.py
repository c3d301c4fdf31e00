"""What may stand in an event: facts and codes with opaque ids, bounded, without free text."""

from collections.abc import Iterator
from typing import Any

from kairos_events.problem import Problem
from kairos_events.schema import Schema

_PERSONAL_OR_FREE = frozenset(
    {
        *("name", "firstname", "lastname", "surname", "nickname", "gender", "sex", "race"),
        *("birth", "birthday", "dob", "age", "ssn", "mrn", "insurance", "identifier"),
        *("email", "mail", "phone", "mobile", "fax", "address", "street", "city", "zip", "contact"),
        *("text", "note", "notes", "comment", "comments", "description", "narrative", "message"),
        *(
            "free",
            "journal",
            "story",
            "summary",
            "detail",
            "details",
            "diagnosis",
            "label",
            "title",
        ),
    }
)
_ALLOWED = frozenset({"text_sha256"})  # a digest of what was shown says nothing of the patient
_FORMATS = frozenset({"uuid", "date-time", "date"})


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
        for word in sorted(_PERSONAL_OR_FREE.intersection(name.split("_"))):
            if name not in _ALLOWED:
                yield where, f"personal_or_free_text: {word}"
        yield from _node(where, field)


def _leaf(path: str, schema: Schema) -> Iterator[tuple[str, str]]:
    kind = schema.get("type")
    if kind == "string":
        if "pattern" not in schema and schema.get("format") not in _FORMATS:
            yield path, "free_text: a text without pattern"
    elif kind == "integer":
        if "minimum" not in schema or "maximum" not in schema:
            yield path, "unbounded: a whole number without limits"
    elif kind == "number":
        yield path, "floating_point: write a decimal as text"
    elif kind not in {"boolean", "null"}:
        yield path, f"unbounded: {kind or 'anything'}"
