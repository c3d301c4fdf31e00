"""From a fact to the envelope it travels in."""

from datetime import datetime
from uuid import UUID

from kairos_events.envelope import Envelope
from kairos_events.model import PublicEvent
from kairos_events.uuid7 import uuid7


def envelope_of(
    event: PublicEvent,
    *,
    network: UUID,
    sequence: int,
    time: datetime,
    id: UUID | None = None,
    traceparent: str | None = None,
    tracestate: str | None = None,
) -> Envelope:
    """Put an event into its envelope, under a new id unless one is given.

    `time` is when the fact was recorded (aware); `sequence` is gap-free per topic and key. Raises
    `EnvelopeError`.
    """
    return Envelope(
        id=id or uuid7(),
        type=event.type,
        source=event.source,
        time=time,
        subject=event.key,
        dataschema=event.dataschema,
        network=network,
        sequence=sequence,
        data=event.to_json(),
        key=event.key,
        traceparent=traceparent,
        tracestate=tracestate,
    )
