"""What a change of an OpenAPI document breaks for those who call the service.

A request that was good must stay good, and an answer must stay within what readers were told.
Both are one question, whether every value of one schema fits another: for requests the old
schema must fit the new one, for answers the new one the old. Readers ignore fields they do not
know and do not measure what they are given, so an answer may gain fields and outgrow bounds; its
enums are closed, so it may not gain members.

What the comparison does not understand it reports, so it errs on the side of refusing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Document = Mapping[str, Any]
Schema = Mapping[str, Any]

_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_PROSE = {"title", "description", "default", "examples", "example", "deprecated", "discriminator"}
_STRUCTURE = {"type", "enum", "const", "items", "properties", "required", "additionalProperties"}
_UNDERSTOOD = _PROSE | _STRUCTURE | {*_LOWER, *_UPPER, "$defs"}


def breaking_changes(before: Document, after: Document) -> list[str]:
    """What callers of `before` lose with `after`, one line a loss; empty where nothing breaks."""
    return [
        f"{method.upper()} {path}: {loss}"
        for path, methods in before["paths"].items()
        for method, old in methods.items()
        if method in _METHODS
        for loss in _operation(before, after, old, after["paths"].get(path, {}).get(method))
    ]


def _operation(before: Document, after: Document, old: Schema, new: Schema | None) -> Iterator[str]:
    if new is None:
        yield "removed"
        return
    if old.get("operationId") != new.get("operationId"):
        yield "operationId changed"
    request = _Fit(before, after, answer=False)
    yield from _parameters(request, old, new)
    yield from _body(request, old.get("requestBody"), new.get("requestBody"))
    yield from _answers(_Fit(after, before, answer=True), old, new)


def _parameters(fit: "_Fit", old: Schema, new: Schema) -> Iterator[str]:
    was = {(p["in"], p["name"]): p for p in old.get("parameters", ())}
    now = {(p["in"], p["name"]): p for p in new.get("parameters", ())}
    for place, name in sorted(now.keys() - was.keys()):
        if now[place, name].get("required"):
            yield f"{place} parameter {name}: new and required"
    for place, name in sorted(was.keys() - now.keys()):
        if place != "header":  # a header nobody reads does no harm; an unknown query is refused
            yield f"{place} parameter {name}: removed"
    for place, name in sorted(was.keys() & now.keys()):
        one, other = was[place, name], now[place, name]
        if other.get("required") and not one.get("required"):
            yield f"{place} parameter {name}: became required"
        where = f"{place} parameter {name}"
        yield from fit.losses(one.get("schema", {}), other.get("schema", {}), where)


def _body(fit: "_Fit", old: Schema | None, new: Schema | None) -> Iterator[str]:
    if old is None:
        if new is not None and new.get("required"):
            yield "request: a body became required"
        return
    if new is None:
        yield "request: no body is accepted any more"
        return
    if new.get("required") and not old.get("required"):
        yield "request: a body became required"
    for media, one in old["content"].items():
        if media not in new["content"]:
            yield f"request: {media} is not accepted any more"
        else:
            other = new["content"][media]
            yield from fit.losses(one.get("schema", {}), other.get("schema", {}), "request")


def _answers(fit: "_Fit", old: Schema, new: Schema) -> Iterator[str]:
    for status, told in old["responses"].items():
        if status not in new["responses"]:
            yield f"response {status}: removed"
            continue
        one = _response(fit.outer_document, told)
        other = _response(fit.inner_document, new["responses"][status])
        for media, content in one.get("content", {}).items():
            if media not in other.get("content", {}):
                yield f"response {status}: {media} removed"
            else:
                now = other["content"][media].get("schema", {})
                yield from fit.losses(now, content.get("schema", {}), f"response {status}")


def _response(document: Document, response: Schema) -> Schema:
    """A response, told in place or among the document's components."""
    return _resolve(document, response["$ref"]) if "$ref" in response else response


@dataclass(frozen=True, slots=True)
class _Fit:
    """Whether every value of `inner` is one of `outer`; each may refer into its own document."""

    inner_document: Document
    outer_document: Document
    answer: bool
    _under_way: set[tuple[int, int]] = field(default_factory=set)

    def losses(self, inner: Schema, outer: Schema, where: str) -> Iterator[str]:
        """Why not, one line each; nothing where every value fits."""
        pair = (id(inner), id(outer))
        if pair in self._under_way:
            return  # a schema that holds itself: it is being compared further up
        self._under_way.add(pair)
        try:
            yield from self._compare(inner, outer, where)
        finally:
            self._under_way.discard(pair)

    def _compare(self, inner: Schema, outer: Schema, where: str) -> Iterator[str]:
        ones = _alternatives(self.inner_document, inner)
        others = _alternatives(self.outer_document, outer)
        for one in ones:
            tried = [[*self._one(one, other, where)] for other in others]
            if not all(tried):
                continue
            alike = [t for t, o in zip(tried, others, strict=True) if o.get("type") == _type(one)]
            if len(alike) == 1:
                yield from alike[0]
            elif self.answer:
                yield f"{where}: may be {_name(one)} now, was {_names(others)}"
            else:
                yield f"{where}: may be no {_name(one)} any more, only {_names(others)}"

    def _one(self, inner: Schema, outer: Schema, where: str) -> Iterator[str]:
        if not self._types_fit(inner, outer):
            yield f"{where}: type {_name(inner)} for {_name(outer)}"
            return
        yield from self._enum(inner, outer, where)
        if not self.answer:
            yield from _bounds(inner, outer, where)
        for word in sorted(outer.keys() - _UNDERSTOOD - ({"pattern"} if self.answer else set())):
            if inner.get(word) != outer[word]:
                yield f"{where}: {word} differs"
        if "items" in outer:
            yield from self.losses(inner.get("items", {}), outer["items"], f"{where}[]")
        if _type(outer) == "object":
            yield from self._object(inner, outer, where)

    @staticmethod
    def _types_fit(inner: Schema, outer: Schema) -> bool:
        one, other = _type(inner), _type(outer)
        return other is None or one == other or (one, other) == ("integer", "number")

    def _enum(self, inner: Schema, outer: Schema, where: str) -> Iterator[str]:
        one, other = _values(inner), _values(outer)
        if other is None:
            return
        if one is None:
            yield f"{where}: any value, for one of {other}"
            return
        for value in [v for v in one if v not in other]:
            yield f"{where}: {value!r} " + ("is new" if self.answer else "is refused now")

    def _object(self, inner: Schema, outer: Schema, where: str) -> Iterator[str]:
        ours, theirs = inner.get("properties", {}), outer.get("properties", {})
        for name in sorted(set(outer.get("required", ())) - set(inner.get("required", ()))):
            if self.answer and name in ours:
                yield f"{where}.{name}: no longer always there"
            elif not self.answer:
                yield f"{where}.{name}: " + ("became required" if name in ours else "required, new")
        if self.answer:
            yield from (f"{where}.{name}: removed" for name in theirs if name not in ours)
        elif outer.get("additionalProperties") is False:
            yield from (f"{where}.{n}: not accepted any more" for n in ours if n not in theirs)
            if inner.get("additionalProperties", True) is not False:
                yield f"{where}: unknown fields are refused now"
        for name in sorted(ours.keys() & theirs.keys()):
            yield from self.losses(ours[name], theirs[name], f"{where}.{name}")
        extra = outer.get("additionalProperties")
        if isinstance(extra, Mapping):
            given = inner.get("additionalProperties", {})
            yield from self.losses(given if isinstance(given, Mapping) else {}, extra, f"{where}.*")


def _bounds(inner: Schema, outer: Schema, where: str) -> Iterator[str]:
    for word in (*_LOWER, *_UPPER):
        if word in outer:
            least = word in _LOWER
            ours, theirs = inner.get(word), outer[word]
            if ours is None or (ours < theirs if least else ours > theirs):
                yield f"{where}: {word} {ours} for {theirs}"


def _alternatives(document: Document, schema: Schema) -> list[Schema]:
    """The schema without references, as the list of what it may be."""
    while "$ref" in schema:
        schema = _resolve(document, schema["$ref"])
    if "allOf" in schema and len(schema["allOf"]) == 1:
        return _alternatives(document, schema["allOf"][0])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return [found for one in schema[word] for found in _alternatives(document, one)]
    if isinstance(schema.get("type"), list):
        return [{**schema, "type": one} for one in schema["type"]]
    return [schema]


def _resolve(document: Document, reference: str) -> Schema:
    """What a reference within the document names. Raises KeyError for one that leads nowhere."""
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    named: Schema = found
    return named


def _values(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    values: list[Any] | None = schema.get("enum")
    return values


def _type(schema: Schema) -> str | None:
    named: str | None = schema.get("type")
    return named


def _name(schema: Schema) -> str:
    return _type(schema) or "anything"


def _names(schemas: list[Schema]) -> str:
    return " or ".join(sorted({_name(schema) for schema in schemas}))
