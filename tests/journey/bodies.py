"""Bodies that fit a route's schema, with ids of one's choice in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]


def instance(schema: Schema, uuid: Callable[[str], str], now: str) -> Any:
    """Something of this schema: required and optional members, one item in each list."""
    return _Maker(schema.get("$defs", {}), uuid, now).make(schema, "")


class _Maker:
    def __init__(self, defs: Mapping[str, Any], uuid: Callable[[str], str], now: str) -> None:
        self._defs, self._uuid, self._now = defs, uuid, now

    def make(self, schema: Schema, name: str) -> Any:
        if "$ref" in schema:
            return self.make(self._defs[schema["$ref"].rpartition("/")[2]], name)
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return self.make(schema[several][0], name)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        made: Callable[[Schema, str], Any] = getattr(self, f"_{schema.get('type')}", _nothing)
        return made(schema, name)

    def _object(self, schema: Schema, _name: str) -> dict[str, Any]:
        properties = schema.get("properties", {})
        return {name: self.make(one, name) for name, one in properties.items()}

    def _array(self, schema: Schema, name: str) -> list[Any]:
        if "prefixItems" in schema:
            return [self.make(one, name) for one in schema["prefixItems"]]
        count = max(1, schema.get("minItems", 0))
        return [self.make(schema.get("items", {}), name) for _ in range(count)]

    def _string(self, schema: Schema, name: str) -> str:
        kind = schema.get("format")
        if kind == "uuid":
            return self._uuid(name)
        if kind == "date-time":
            return self._now
        if kind == "date":
            return self._now[:10]
        if "pattern" in schema:
            return _fitting(str(schema["pattern"]))
        return "x" * max(1, int(schema.get("minLength", 1)))

    def _integer(self, schema: Schema, _name: str) -> int:
        return int(schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1))

    def _number(self, schema: Schema, name: str) -> int:
        return self._integer(schema, name)

    def _boolean(self, _schema: Schema, _name: str) -> bool:
        return True


def _fitting(pattern: str) -> str:
    """A text of one of the patterns in use: decimals, codes, digits."""
    import re

    for text in ("1", "1.5", "code_one", "a", "AB", "+13035550100", "12345678901", "1990-01-01"):
        if re.search(pattern, text):
            return text
    return "x"


def _nothing(_schema: Schema, _name: str) -> None:
    return None
