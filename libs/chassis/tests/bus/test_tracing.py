"""Spans of the bus: a send is a child of its request, a processing a child of its send; one of
several in a transaction has only a link, and none of them says whose event it is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from kairos_chassis.bus import tracing
from kairos_chassis.bus.tracing import end_send, processing, start_send
from kairos_events.envelope import Envelope
from kairos_events.uuid7 import uuid7
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

TRACE = "0af7651916cd43dd8448eb211c80319c"
REQUEST = f"00-{TRACE}-b7ad6b7169203331-01"
KEY = str(uuid4())


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    provider, kept = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("test"))
    monkeypatch.setattr(tracing.trace, "get_tracer_provider", lambda: provider)
    yield kept
    provider.shutdown()


def envelope(traceparent: str | None) -> Envelope:
    return Envelope(
        id=uuid7(),
        type="busbench.counted.v1",
        source="urn:kairos:busbench",
        time=datetime.now(UTC),
        subject=KEY,
        dataschema="urn:kairos:schema:busbench.counted",
        network=uuid4(),
        sequence=1,
        data=b'{"secret":"word"}',
        key=KEY,
        traceparent=traceparent,
    )


def the_one(spans: InMemorySpanExporter) -> ReadableSpan:
    [span] = spans.get_finished_spans()
    assert KEY not in str(span.attributes)
    assert "word" not in str(span.attributes)
    assert span.context is not None
    return span


def test_send_is_a_child_of_its_request_and_names_itself_to_the_consumer(
    spans: InMemorySpanExporter,
) -> None:
    span, traceparent, _ = start_send("t.events", uuid7(), "busbench.counted.v1", REQUEST, None)
    end_send(span, None)

    sent = the_one(spans)
    assert sent.parent is not None
    assert format(sent.parent.span_id, "016x") == "b7ad6b7169203331"
    assert traceparent == f"00-{TRACE}-{format(sent.context.span_id, '016x')}-01"


def test_request_that_is_not_sampled_has_no_send_and_its_context_travels_on(
    spans: InMemorySpanExporter,
) -> None:
    unsampled = REQUEST[:-2] + "00"

    told = start_send("t.events", uuid7(), "busbench.counted.v1", unsampled, None)

    assert told == (None, unsampled, None)
    assert spans.get_finished_spans() == ()


def test_processing_of_one_event_is_a_child_of_its_send_and_linked_to_it(
    spans: InMemorySpanExporter,
) -> None:
    with processing("t.events", envelope(REQUEST)):
        pass

    done = the_one(spans)
    assert done.parent is not None
    assert [link.context.span_id for link in done.links] == [done.parent.span_id]


def test_processing_of_one_of_several_is_a_root_with_a_link(spans: InMemorySpanExporter) -> None:
    with processing("t.events", envelope(REQUEST), count=7):
        pass

    done = the_one(spans)
    assert done.parent is None
    assert format(done.context.trace_id, "032x") != TRACE
    assert [format(link.context.trace_id, "032x") for link in done.links] == [TRACE]
    assert done.attributes is not None
    assert done.attributes["messaging.batch.message_count"] == 7
