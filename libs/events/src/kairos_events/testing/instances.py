"""For tests: generated instances of a writer's schema. Needs Hypothesis (the extra `testing`)."""

import math
from collections.abc import Collection
from datetime import UTC
from typing import Any

from hypothesis import strategies as st

from kairos_events.schema import Schema
from kairos_events.wire_text import format_instant

Strategy = st.SearchStrategy[Any]

_MOST_ITEMS = 5  # in one generated list, to keep instances small
_MOST_LETTERS = 20  # in one generated text without a longest length
_LETTERS = st.characters(max_codepoint=127)
_ANYTHING = st.none() | st.booleans() | st.integers() | st.text(_LETTERS, max_size=_MOST_LETTERS)


def instances(schema: Schema, more_names: Collection[str] = ()) -> Strategy:
    """Return a strategy for JSON values that the schema allows.

    Independent of the compatibility checker, so that each can be held against the other. An open
    object gets more fields only of `more_names`: chance would never hit a name that matters.
    Raises `TypeError` for a schema that it has no instances of.
    """
    return _Instances(schema, more_names).of(schema)


class _Instances:
    """The strategies of one schema: its references, and the names for what is left open."""

    def __init__(self, root: Schema, more_names: Collection[str]) -> None:
        self._definitions = root.get("$defs", {})
        self._referred: dict[str, Strategy] = {}
        self._more_names = more_names

    def of(self, schema: Any) -> Strategy:
        if schema is True:
            return _ANYTHING
        if "$ref" in schema:
            return self._reference(schema["$ref"].removeprefix("#/$defs/"))
        for union in ("anyOf", "oneOf"):
            if union in schema:
                return st.one_of([self.of(branch) for branch in schema[union]])
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        return self._typed(schema)

    def _typed(self, schema: Schema) -> Strategy:
        match schema.get("type"):
            case "object":
                return self._objects(schema)
            case "array":
                return self._arrays(schema)
            case "integer":
                return _integers(schema)
            case "number":
                return _numbers(schema)
            case "boolean":
                return st.booleans()
            case "null":
                return st.none()
            case "string":
                return _texts(schema)
            case kind:
                raise TypeError(f"no instances of {kind}")

    def _reference(self, name: str) -> Strategy:
        """One strategy per definition, filled in later, so that it may contain itself."""
        if name not in self._referred:
            self._referred[name] = st.deferred(lambda: self.of(self._definitions[name]))
        return self._referred[name]

    def _arrays(self, schema: Schema) -> Strategy:
        least, most = schema.get("minItems", 0), schema.get("maxItems", math.inf)
        places = schema.get("prefixItems", [])
        if least == len(places) == most:
            return st.tuples(*(self.of(place) for place in places)).map(list)
        if places:
            raise TypeError("no instances of a tuple without fixed length")
        most = min(most, max(least, _MOST_ITEMS))
        return st.lists(self.of(schema.get("items", True)), min_size=least, max_size=int(most))

    def _objects(self, schema: Schema) -> Strategy:
        fields = {name: self.of(field) for name, field in schema.get("properties", {}).items()}
        required = set(schema.get("required", ()))
        rest = schema.get("additionalProperties", True)
        more: dict[str, Strategy] = {}
        if rest is not False:
            more = {name: self.of(rest) for name in sorted({*self._more_names} - fields.keys())}
        known = st.fixed_dictionaries(
            {name: field for name, field in fields.items() if name in required},
            optional={name: field for name, field in fields.items() if name not in required} | more,
        )
        if fields or not isinstance(rest, dict):
            return known
        return st.dictionaries(st.text(_LETTERS, max_size=3), self.of(rest), max_size=_MOST_ITEMS)


def _integers(schema: Schema) -> Strategy:
    beyond, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    least = [schema.get("minimum"), None if beyond is None else math.floor(beyond) + 1]
    most = [schema.get("maximum"), None if below is None else math.ceil(below) - 1]
    return st.integers(
        max((end for end in least if end is not None), default=None),
        min((end for end in most if end is not None), default=None),
    )


def _numbers(schema: Schema) -> Strategy:
    beyond = schema.get("exclusiveMinimum", -math.inf)
    below = schema.get("exclusiveMaximum", math.inf)
    least = schema.get("minimum", None if beyond == -math.inf else beyond)
    most = schema.get("maximum", None if below == math.inf else below)
    found = st.floats(least, most, allow_nan=False, allow_infinity=False)
    return found.filter(lambda number: beyond < number < below)


def _texts(schema: Schema) -> Strategy:
    match schema.get("format"):
        case "uuid":
            return st.uuids().map(str)
        case "date-time":
            return st.datetimes(timezones=st.just(UTC)).map(format_instant)
        case "date":
            return st.dates().map(lambda day: day.isoformat())
        case str(other):
            raise TypeError(f"no instances of {other}")
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if "pattern" not in schema:
        longest = least + _MOST_LETTERS if most is None else most
        return st.text(_LETTERS, min_size=least, max_size=longest)
    pattern = schema["pattern"].removeprefix("^").removesuffix("$")
    found = st.from_regex(pattern, fullmatch=True, alphabet=_LETTERS)
    if "minLength" in schema or "maxLength" in schema:
        return found.filter(lambda text: least <= len(text) <= (most or math.inf))
    return found
