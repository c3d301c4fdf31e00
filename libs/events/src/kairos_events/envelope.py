"""The envelope of every public event: CloudEvents 1.0 in the Kafka binary binding, JSON data.

A small codec of our own: the stock SDK invents an id where one is missing, which silently defeats
deduplication, and cannot tell a tombstone from empty data.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from kairos_events.headers import (
    CONTENT_TYPE,
    OF_AN_EVENT,
    SPEC_VERSION,
    Header,
    ReceivedHeader,
    check_binding,
    key_text,
    mandatory_text,
    optional_text,
    optional_uuid,
    trace_context,
)
from kairos_events.wire_text import (
    EnvelopeError,
    absolute_uri,
    canonical_uuid,
    format_instant,
    parse_instant,
    require,
)
from kairos_events.wire_types import actor_of, beside_of, is_event_type, name_of, with_more

_SEQUENCE = re.compile(r"[1-9][0-9]{0,18}")
_LAST_SEQUENCE = 2**63 - 1
_MAX_TEXT = 256


class TombstoneError(EnvelopeError):
    """A record with a null value. Public events are facts; they are never deleted by tombstone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One public event as it travels. Raises `EnvelopeError` when a field breaks the contract."""

    id: UUID
    """UUIDv7 of the event; the same on every redelivery."""
    type: str
    """Wire type with its major version, e.g. `dosing.dose_administered.v1`."""
    source: str
    """URI of the producing service, e.g. `urn:kairos:dosing`."""
    time: datetime
    """When the fact was recorded; aware, UTC."""
    subject: str
    """Opaque id of what the fact is about."""
    dataschema: str
    """URI of the blessed schema the data was written with, and `actor` and `beside` as its
    q-components: one value wherever an event is stored, headers of their own on the wire."""
    network: UUID
    """The tenant: the clinic network the fact belongs to."""
    sequence: int
    """Gap-free from 1 per topic and key, so that late can be told from lost."""
    data: bytes
    """The event as JSON, UTF-8."""
    key: str | None = None
    """Ordering key: the record key in Kafka."""
    traceparent: str | None = None
    """W3C trace context of the request that caused the fact."""
    tracestate: str | None = None

    def __post_init__(self) -> None:
        """Refuse what must never reach the bus."""
        require(self.id.version == 7, "ce_id", "not a UUID of version 7")
        require(is_event_type(self.type), "ce_type", "not a versioned event type")
        absolute_uri("ce_source", self.source)
        absolute_uri("ce_dataschema", self.dataschema)
        require(self.time.utcoffset() is not None, "ce_time", "has no offset")
        require(0 < len(self.subject) <= _MAX_TEXT, "ce_subject", "empty or too long")
        require(0 < self.sequence <= _LAST_SEQUENCE, "ce_sequence", "out of range")
        require(bool(self.data), "data", "empty")
        other = self.beside
        require(other is None or is_event_type(other), "ce_beside", "not a versioned event type")
        if self.time.tzinfo is not UTC:
            object.__setattr__(self, "time", self.time.astimezone(UTC))

    @property
    def beside(self) -> str | None:
        """The wire type of another version in which this very fact is published too, under the
        same key and in the same commit. Who reads both takes one of them."""
        return beside_of(self.dataschema)

    @property
    def actor(self) -> UUID | None:
        """The user whose act has led to the fact, an opaque id; None where nobody's has."""
        return actor_of(self.dataschema)


@dataclass(frozen=True, slots=True)
class Record:
    """What a Kafka producer sends: `headers` is a list because aiokafka accepts nothing else."""

    key: bytes | None
    value: bytes
    headers: list[Header]


def encode(envelope: Envelope) -> Record:
    """Write an envelope as a Kafka record. A malformed trace context is left out, never sent."""
    headers: list[Header] = [
        ("content-type", CONTENT_TYPE.encode()),
        ("ce_specversion", SPEC_VERSION.encode()),
        ("ce_id", str(envelope.id).encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_time", format_instant(envelope.time).encode()),
        ("ce_subject", envelope.subject.encode()),
        ("ce_dataschema", name_of(envelope.dataschema).encode()),
        ("ce_network", str(envelope.network).encode()),
        ("ce_sequence", str(envelope.sequence).encode()),
    ]
    more = {"ce_beside": envelope.beside, "ce_actor": envelope.actor}
    headers += [(name, str(value).encode()) for name, value in more.items() if value is not None]
    parent, state = trace_context(envelope.traceparent, envelope.tracestate)
    if parent is not None:
        headers.append(("traceparent", parent.encode()))
    if state is not None:
        headers.append(("tracestate", state.encode()))
    key = None if envelope.key is None else envelope.key.encode()
    return Record(key, envelope.data, headers)


def decode(key: bytes | None, value: bytes | None, headers: Iterable[ReceivedHeader]) -> Envelope:
    """Read a Kafka record as an envelope.

    Unknown headers are ignored and a broken trace context is dropped: neither may cost a clinical
    fact. Raises `TombstoneError` for a null value and `EnvelopeError` for a missing, repeated or
    invalid mandatory header; the message names header and rule and never repeats the content.
    """
    if value is None:
        raise TombstoneError("data", "null value (tombstone)")
    received = list(headers)
    text = mandatory_text(received, OF_AN_EVENT)
    check_binding(text)
    if any(name == "ce_beside" for name, _ in received):
        text |= mandatory_text(received, frozenset({"ce_beside"}))
    sequence = text["ce_sequence"]
    require(_SEQUENCE.fullmatch(sequence) is not None, "ce_sequence", "not a positive whole number")
    parent, state = trace_context(
        optional_text(received, "traceparent"), optional_text(received, "tracestate")
    )
    return Envelope(
        id=canonical_uuid("ce_id", text["ce_id"]),
        type=text["ce_type"],
        source=text["ce_source"],
        time=parse_instant("ce_time", text["ce_time"]),
        subject=text["ce_subject"],
        dataschema=with_more(
            text["ce_dataschema"], text.get("ce_beside"), optional_uuid(received, "ce_actor")
        ),
        network=canonical_uuid("ce_network", text["ce_network"]),
        sequence=int(sequence),
        data=value,
        key=key_text(key),
        traceparent=parent,
        tracestate=state,
    )
