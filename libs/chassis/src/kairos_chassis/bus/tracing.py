"""Spans of the bus: PRODUCER around each send, CONSUMER around each processed event.

The outbox row keeps the trace context of the request that caused the event, so the send, which
happens later and elsewhere, is a child of that request, and the processing a child of the send.
Keys are left out: they are ids of patients.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from kairos_events.envelope import Envelope
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_NOT_SAMPLED: Final = "-00"
_PROPAGATOR: Final = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("kairos_chassis.bus.broker")


def _context(traceparent: str | None, tracestate: str | None) -> Context:
    carrier = {}
    if traceparent is not None:
        carrier["traceparent"] = traceparent
    if tracestate is not None:
        carrier["tracestate"] = tracestate
    return _PROPAGATOR.extract(carrier, context=Context())


def spans_are_kept() -> bool:
    """Whether this process was told where to send its spans. Ask once for many: it is not cheap."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def start_send(
    topic: str, event_id: UUID, event_type: str, traceparent: str | None, tracestate: str | None
) -> tuple[Span | None, str | None, str | None]:
    """Start the span of a send. Returns it with the trace context to put into the headers.

    A request that is not sampled has no spans anywhere: its context travels on as it is.
    """
    if traceparent is not None and traceparent.endswith(_NOT_SAMPLED):
        return None, traceparent, tracestate
    span = _tracer.start_span(
        f"send {topic}",
        context=_context(traceparent, tracestate),
        kind=SpanKind.PRODUCER,
        attributes=_attributes("send", topic, str(event_id), event_type),
    )
    headers: dict[str, str] = {}
    _PROPAGATOR.inject(headers, context=trace.set_span_in_context(span, Context()))
    return span, headers.get("traceparent"), headers.get("tracestate")


def end_send(span: Span | None, error: BaseException | None) -> None:
    """End the span of a send, once the broker has answered."""
    if span is None:
        return
    if error is not None:
        span.set_status(Status(StatusCode.ERROR, type(error).__name__))
    span.end()


@contextmanager
def processing(topic: str, envelope: Envelope, *, count: int = 1) -> Iterator[Span]:
    """The span of one event's processing.

    One event alone is a child of its send, and linked to it. One of several that share a
    transaction has a root of its own and only the link: a trace must not hold what happened to
    another patient. `count` says how many share it.
    """
    parent = _context(envelope.traceparent, envelope.tracestate)
    sent = trace.get_current_span(parent).get_span_context()
    alone = count == 1
    attributes: dict[str, str | int] = {
        **_attributes("process", topic, str(envelope.id), envelope.type)
    }
    if not alone:
        attributes["messaging.batch.message_count"] = count
    with _tracer.start_as_current_span(
        f"process {topic}",
        context=parent if alone else Context(),
        kind=SpanKind.CONSUMER,
        links=[Link(sent)] if sent.is_valid else [],
        attributes=attributes,
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
