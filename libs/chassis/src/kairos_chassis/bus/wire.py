"""A row of the outbox as a Kafka record, quickly: a backlog is thousands of them.

What is the same for every event of a type is encoded once, by the published language's own codec,
which also judges it; and the partition of a key is computed here as Kafka's clients do, but not
byte by byte.
"""

import struct
from datetime import UTC
from typing import Final

from asyncpg import Record as Row
from kairos_events.envelope import Envelope, Record, encode
from kairos_events.headers import Header, trace_context

_VARIABLE: Final = frozenset(
    {"ce_id", "ce_time", "ce_subject", "ce_network", "ce_sequence", "traceparent", "tracestate"}
)
_LONGEST_SUBJECT: Final = 256
_M: Final = 0x5BD1E995
_MASK: Final = 0xFFFFFFFF


class Wire:
    """Encodes the rows of one service."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.traced = False  # whether a send gets a span; what carries the rows sets it
        self._fixed: dict[tuple[str, str], list[Header]] = {}

    def record(self, row: Row, traceparent: str | None, tracestate: str | None) -> Record:
        """The record of a row. Raises EnvelopeError for one that must never reach the bus."""
        kind = (row["type"], row["dataschema"])
        fixed = self._fixed.get(kind)
        plain = row["event_id"].version == 7 and 0 < len(row["subject"]) <= _LONGEST_SUBJECT
        if fixed is None or not plain or not row["data"]:
            whole = encode(self._envelope(row, traceparent, tracestate))
            self._fixed[kind] = [one for one in whole.headers if one[0] not in _VARIABLE]
            return whole
        time = row["time"].astimezone(UTC).replace(tzinfo=None).isoformat()
        headers = [
            *fixed,
            ("ce_id", str(row["event_id"]).encode()),
            ("ce_time", f"{time}Z".encode()),
            ("ce_subject", row["subject"].encode()),
            ("ce_network", str(row["network_id"]).encode()),
            ("ce_sequence", b"%d" % row["sequence"]),
        ]
        if traceparent is not None:
            parent, state = trace_context(traceparent, tracestate)
            if parent is not None:
                headers.append(("traceparent", parent.encode()))
            if state is not None:
                headers.append(("tracestate", state.encode()))
        return Record(row["key"].encode(), row["data"], headers)

    def _envelope(self, row: Row, traceparent: str | None, tracestate: str | None) -> Envelope:
        return Envelope(
            id=row["event_id"],
            type=row["type"],
            source=self._source,
            time=row["time"],
            subject=row["subject"],
            dataschema=row["dataschema"],
            network=row["network_id"],
            sequence=row["sequence"],
            data=row["data"],
            key=row["key"],
            traceparent=traceparent,
            tracestate=tracestate,
        )


def partition_of(key: bytes, partitions: int) -> int:
    """The partition that every Kafka client gives this key: murmur2, as Java's does it."""
    length = len(key)
    words = struct.unpack_from(f"<{length // 4}I", key)
    h = 0x9747B28C ^ length
    for word in words:
        k = (word * _M) & _MASK
        k = ((k ^ (k >> 24)) * _M) & _MASK
        h = ((h * _M) & _MASK) ^ k
    rest = key[length & ~3 :]
    if rest:
        h = ((h ^ int.from_bytes(rest, "little")) * _M) & _MASK
    h = ((h ^ (h >> 13)) * _M) & _MASK
    h ^= h >> 15
    return (h & 0x7FFFFFFF) % partitions
