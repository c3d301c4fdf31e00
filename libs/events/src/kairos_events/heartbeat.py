"""Heartbeats: a relay tells each partition "up to this time you have all I had".

So silence can be told from lag. A heartbeat is no fact: it has no key, no sequence and no network,
is sent to an explicit partition, and is never stored or handled as an event.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from kairos_events.envelope import Record, TombstoneError
from kairos_events.headers import (
    CONTENT_TYPE,
    SPEC_VERSION,
    Header,
    ReceivedHeader,
    check_binding,
    mandatory_text,
)
from kairos_events.uuid7 import uuid7
from kairos_events.wire_text import (
    EnvelopeError,
    absolute_uri,
    canonical_uuid,
    format_instant,
    parse_instant,
    require,
)

HEARTBEAT_TYPE = "kairos.heartbeat.v1"

_NO_DATA = b"{}"  # a null value would be a tombstone
_MANDATORY = frozenset(
    {"ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "content-type"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """Everything that `source` had committed before `time` (aware, UTC) is in this partition."""

    id: UUID
    source: str
    time: datetime

    def __post_init__(self) -> None:
        """Refuse a heartbeat without a source or with a naive time."""
        absolute_uri("ce_source", self.source)
        require(self.time.utcoffset() is not None, "ce_time", "has no offset")
        object.__setattr__(self, "time", self.time.astimezone(UTC))


def heartbeat(source: str, time: datetime) -> Heartbeat:
    """Make a heartbeat with a new id. Raises `EnvelopeError` for a naive time or a bad source."""
    return Heartbeat(id=uuid7(), source=source, time=time)


def encode_heartbeat(beat: Heartbeat) -> Record:
    """Write a heartbeat as a Kafka record; without a key, the sender names the partition."""
    headers: list[Header] = [
        ("content-type", CONTENT_TYPE.encode()),
        ("ce_specversion", SPEC_VERSION.encode()),
        ("ce_id", str(beat.id).encode()),
        ("ce_type", HEARTBEAT_TYPE.encode()),
        ("ce_source", beat.source.encode()),
        ("ce_time", format_instant(beat.time).encode()),
    ]
    return Record(None, _NO_DATA, headers)


def is_heartbeat(headers: Iterable[ReceivedHeader]) -> bool:
    """Whether the record calls itself a heartbeat; ask before `decode`."""
    wanted = HEARTBEAT_TYPE.encode()
    return any(name == "ce_type" and raw == wanted for name, raw in headers)


def decode_heartbeat(
    key: bytes | None, value: bytes | None, headers: Iterable[ReceivedHeader]
) -> Heartbeat:
    """Read a heartbeat. Raises `EnvelopeError` when malformed or carrying what a fact would."""
    if value is None:
        raise TombstoneError("data", "null value (tombstone)")
    if key is not None:
        raise EnvelopeError("key", "a heartbeat has none")
    received = list(headers)
    text = mandatory_text(received, _MANDATORY)
    check_binding(text)
    require(text["ce_type"] == HEARTBEAT_TYPE, "ce_type", "not a heartbeat")
    for name, _ in received:
        require(name not in {"ce_sequence", "ce_network"}, name, "a heartbeat has none")
    return Heartbeat(
        id=canonical_uuid("ce_id", text["ce_id"]),
        source=text["ce_source"],
        time=parse_instant("ce_time", text["ce_time"]),
    )
