"""Whether a reader's schema accepts all that a writer's schema allows.

Only the profile of `kairos_events.profile` is understood. Off-the-shelf checkers call some unsafe
pairs compatible (a narrowed enum, a changed const, a swapped tuple, a changed format). What a
model checks in Python code alone no schema says; generated instances are the check on that.
"""

from collections.abc import Iterable
from typing import Any

from kairos_events.bounds import bound_refusals, meets_pattern, narrowest, type_refusals
from kairos_events.profile import (
    Found,
    accepts_all,
    branches,
    enumerated,
    not_readable,
    not_understood,
    resolved,
)
from kairos_events.schema import Schema, canonical_json


def refusals(writer: Any, reader: Any) -> Found:
    """Yield, as path and rule, what keeps an instance of `writer` from being one of `reader`."""
    return _Reading(writer, reader).refusals("$", writer, reader)


def same(one: Any, other: Any) -> bool:
    """Equality of JSON values, in which `true` is not `1`."""
    return canonical_json(one) == canonical_json(other)


class _Reading:
    """One comparison. It knows both whole schemas, since a node may refer to any part of them."""

    def __init__(self, writer: Any, reader: Any) -> None:
        self._writer = writer
        self._reader = reader
        # The pairs of nodes being compared just now, and where. Every node in it is held by a
        # caller's frame, so that no two share an id.
        self._open: dict[tuple[int, int], str] = {}

    def refusals(self, path: str, writer: Any, reader: Any) -> Found:
        """Compare two nodes, each following its references."""
        writer, reader = resolved(writer, self._writer), resolved(reader, self._reader)
        pair = (id(writer), id(reader))
        if accepts_all(reader):
            return
        if pair in self._open:
            # Deeper in the instance, a pair already under way holds if all else of it does. At
            # the same place there is nothing to go by.
            if self._open[pair] == path:
                yield path, "not_understood: a reference to itself"
            return
        self._open[pair] = path
        try:
            yield from self._compare(path, writer, reader)
        finally:
            del self._open[pair]

    def _compare(self, path: str, writer: Any, reader: Any) -> Found:
        unknown = [*not_understood(path, writer), *not_understood(path, reader)]
        unknown = unknown or list(not_readable(path, reader, self._reader))
        if unknown:
            yield from unknown
        elif (written := branches(writer)) is not None:
            for branch in written:
                yield from self.refusals(path, branch, reader)
        elif (read := branches(reader)) is not None:
            yield from self._one_of(path, writer, read)
        elif values := enumerated(writer):
            yield from self._values(path, values, reader)
        else:
            yield from type_refusals(path, writer, reader)
            yield from bound_refusals(path, writer, reader)
            yield from self._array(path, writer, reader)
            yield from self._object(path, writer, reader)

    def _one_of(self, path: str, writer: Schema, read: list[Any]) -> Found:
        """Each value that the writer names may go to another branch; all else must go to one."""
        values = enumerated(writer)
        parts = [{"const": value} for value in values] if len(values) > 1 else [writer]
        for part in parts:
            tried = [list(self.refusals(path, part, branch)) for branch in read]
            if all(tried):
                # of the branches that refuse, the one that comes nearest says most
                yield from min(
                    tried,
                    key=lambda found: (_other_type(path, found), len(found)),
                    default=[(path, "no_branch")],
                )

    def _values(self, path: str, values: list[Any], reader: Schema) -> Found:
        """Every value that the writer names must be one the reader names, and fit all else."""
        rest = {key: asked for key, asked in reader.items() if key not in {"enum", "const"}}
        for value in values:
            if rest != reader and not any(same(value, known) for known in enumerated(reader)):
                yield path, f"enum_narrowed: {value!r}"
            left = rest
            if meets_pattern(value, str(rest.get("pattern", ""))):
                left = {key: asked for key, asked in rest.items() if key != "pattern"}
            yield from self.refusals(path, narrowest(value), left)

    def _array(self, path: str, writer: Schema, reader: Schema) -> Found:
        written, read = writer.get("prefixItems", []), reader.get("prefixItems", [])
        longest = writer.get("maxItems", float("inf"))
        for place in range(max(len(written), len(read))):
            if place < longest:
                yield from self.refusals(
                    f"{path}[{place}]",
                    written[place] if place < len(written) else writer.get("items", True),
                    read[place] if place < len(read) else reader.get("items", True),
                )
        if max(len(written), len(read)) < longest:
            yield from self.refusals(
                f"{path}[]", writer.get("items", True), reader.get("items", True)
            )

    def _object(self, path: str, writer: Schema, reader: Schema) -> Found:
        written, read = writer.get("properties", {}), reader.get("properties", {})
        for name in sorted(set(reader.get("required", ())) - set(writer.get("required", ()))):
            yield f"{path}.{name}", "field_not_always_written"
        rest = writer.get("additionalProperties", True)
        for name in sorted(read):
            if name in written:
                yield from self.refusals(f"{path}.{name}", written[name], read[name])
            elif rest is not False:
                # an open writer may use this very name for something else
                yield from self.refusals(f"{path}.{name}", rest, read[name])
        unread = {name: written[name] for name in sorted(written.keys() - read.keys())}
        if rest is not False:
            unread["*"] = rest
        yield from self._unread(path, unread.items(), reader.get("additionalProperties", True))

    def _unread(self, path: str, unread: Iterable[tuple[str, Any]], closed: Any) -> Found:
        """Compare the fields that the reader does not name with what it asks of any such."""
        for name, field in unread:
            if closed is False:
                yield f"{path}.{name}", "reader_is_closed"
            else:
                yield from self.refusals(f"{path}.{name}", field, closed)


def _other_type(path: str, found: list[tuple[str, str]]) -> bool:
    return any(where == path and rule.startswith("type_changed") for where, rule in found)
