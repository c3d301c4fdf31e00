"""Older major versions, read as newer ones: each event says how, these are the steps in between.

An upcast works on JSON data, not on models: what was written years ago, or by a newer minor
version, need not fit today's class of that version.
"""

import json
from typing import Any, TypeVar

from kairos_events.model import Reader
from kairos_events.registry import event_for
from kairos_events.wire_types import major_of, with_major

R = TypeVar("R", bound=Reader)


def upcast(data: bytes, older: str, newer: str) -> bytes:
    """Return an event's data of type `older` as data of type `newer`.

    Raises `ValueError` for data that is no JSON object, `UnknownEventError` for a version between
    the two that is not known here, and `KeyError` for data without a field that an upcast needs.
    """
    told = json.loads(data)
    if not isinstance(told, dict):
        raise ValueError("not a JSON object")
    for major in range(major_of(older) + 1, major_of(newer) + 1):
        told = event_for(with_major(newer, major)).from_previous(told)
    return json.dumps(told, separators=(",", ":")).encode()


def reading(reader: type[R], older: str) -> type[R]:
    """Return a reader of an older version that gives what `reader` would of the newer one."""

    class Older(reader, type=older):  # type: ignore[valid-type, misc, call-arg]
        @classmethod
        def from_json(cls, data: bytes) -> Any:
            return reader.from_json(upcast(data, older, reader.type))

    Older.__name__ = f"{reader.__name__} of {older}"
    return Older
