"""A record of the feed: what a Kafka consumer would be given, as one line of JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRecord:
    """One record. Headers and value are text; on the bus they are its UTF-8 bytes."""

    number: int
    """Its place in the feed, from 1: what an answer refers to."""
    topic: str
    partition: int
    offset: int
    key: str | None
    headers: Mapping[str, str]
    value: str

    def line(self) -> str:
        """Write it as a line of the feed, without its end."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(fields, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A record that has no place in the feed yet."""

    topic: str
    key: str | None
    headers: Mapping[str, str]
    value: str
    what: str
    """How a verdict calls it, e.g. `sequence 2`."""


def record_from(line: str) -> FeedRecord:
    """Read a line of the feed, as a consumer of it does. Raises `ValueError`, `TypeError`."""
    fields: dict[str, Any] = json.loads(line)
    return FeedRecord(**fields)
