"""Which schemas go together: a new writer with its own past, and a reader with a writer."""

from typing import Any

from kairos_events.problem import Problem
from kairos_events.profile import ANNOTATIONS, UNIONS, Found
from kairos_events.reading import refusals, same
from kairos_events.schema import Schema


def extension_problems(event: str, old: Schema, new: Schema) -> list[Problem]:
    """Say why `new` may not follow `old` within one version: only optional fields may be added."""
    return [Problem(event, path, rule) for path, rule in _extension(old, new)]


def reading_problems(event: str, writer: Schema, reader: Schema) -> list[Problem]:
    """Say why `reader` may not accept everything that `writer` can write; empty means it will."""
    return [Problem(event, path, rule) for path, rule in refusals(writer, reader)]


def field_paths(schema: Any, path: str = "$") -> set[str]:
    """Return the path of every field of a schema, e.g. `$.staff[].role`."""
    if not isinstance(schema, dict):
        return set()
    found: set[str] = set()
    for name, field in schema.get("properties", {}).items():
        found |= {f"{path}.{name}"} | field_paths(field, f"{path}.{name}")
    for union in UNIONS:
        for branch in schema.get(union, ()):
            found |= field_paths(branch, path)
    for place, item in enumerate(schema.get("prefixItems", ())):
        found |= field_paths(item, f"{path}[{place}]")
    return found | field_paths(schema.get("items"), f"{path}[]")


def _extension(old: Schema, new: Schema) -> Found:
    past, present = old.get("properties", {}), new.get("properties", {})
    for name in sorted(past.keys() - present.keys()):
        yield f"$.{name}", "field_removed"
    for name in sorted(past.keys() & present.keys()):
        if not same(past[name], present[name]):
            yield f"$.{name}", "field_changed"
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(before - after):
        yield f"$.{name}", "field_no_longer_required"
    for name in sorted(after - before):
        yield f"$.{name}", "field_newly_required"
    ours = {"properties", "required"} | ANNOTATIONS
    for keyword in sorted((old.keys() | new.keys()) - ours):
        if keyword not in old or keyword not in new or not same(old[keyword], new[keyword]):
            yield "$", f"event_changed: {keyword}"
