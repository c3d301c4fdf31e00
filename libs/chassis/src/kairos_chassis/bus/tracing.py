"""Spans of the bus: PRODUCER around each send, CONSUMER around each processed event.

The outbox row keeps the trace context of the request that caused the event, so the send, which
happens later and elsewhere, is a child of that request, and the processing a child of the send.
Keys are left out: they are ids of patients.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from kairos_events.envelope import Envelope
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR: Final = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("kairos_chassis.bus.broker")


def _context(traceparent: str | None, tracestate: str | None) -> Context:
    carrier = {}
    if traceparent is not None:
        carrier["traceparent"] = traceparent
    if tracestate is not None:
        carrier["tracestate"] = tracestate
    return _PROPAGATOR.extract(carrier, context=Context())


def start_send(
    topic: str, event_id: str, event_type: str, traceparent: str | None, tracestate: str | None
) -> tuple[Span, str | None, str | None]:
    """Start the span of a send. Returns it with the trace context to put into the headers."""
    span = _tracer.start_span(
        f"send {topic}",
        context=_context(traceparent, tracestate),
        kind=SpanKind.PRODUCER,
        attributes=_attributes("send", topic, event_id, event_type),
    )
    headers: dict[str, str] = {}
    _PROPAGATOR.inject(headers, context=trace.set_span_in_context(span, Context()))
    return span, headers.get("traceparent"), headers.get("tracestate")


def end_send(span: Span, error: BaseException | None) -> None:
    """End the span of a send, once the broker has answered."""
    if error is not None:
        span.set_status(Status(StatusCode.ERROR, type(error).__name__))
    span.end()


@contextmanager
def processing(topic: str, envelope: Envelope) -> Iterator[Span]:
    """The span of one event's processing: child of the send, and linked to it."""
    parent = _context(envelope.traceparent, envelope.tracestate)
    sent = trace.get_current_span(parent).get_span_context()
    with _tracer.start_as_current_span(
        f"process {topic}",
        context=parent,
        kind=SpanKind.CONSUMER,
        links=[Link(sent)] if sent.is_valid else [],
        attributes=_attributes("process", topic, str(envelope.id), envelope.type),
        record_exception=False,  # its message may hold what must not leave the database
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except Exception as error:
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def _attributes(operation: str, topic: str, event_id: str, event_type: str) -> dict[str, str]:
    return {
        "messaging.system": "kafka",
        "messaging.operation.type": operation,
        "messaging.operation.name": operation,
        "messaging.destination.name": topic,
        "messaging.message.id": event_id,
        "kairos.event.type": event_type,
    }
