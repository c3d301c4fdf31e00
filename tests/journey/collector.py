"""A trace collector as small as can be: takes OTLP over HTTP and keeps the spans."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span as WireSpan

_PATIENCE_S = 30.0
_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Span:
    """A finished span. `parent` is empty for a root; `raw` is all of it, for a search."""

    service: str
    name: str
    kind: str
    trace: bytes
    id: bytes
    parent: bytes
    attributes: dict[str, str]
    raw: bytes


@dataclass(slots=True)
class Collector:
    """Collects spans at `endpoint`."""

    endpoint: str = ""
    spans: list[Span] = field(default_factory=list)

    def find(self, matches: Callable[[Span], bool], what: str) -> Span:
        """The first span that matches; waits for it, for spans are sent in batches."""
        limit = time.monotonic() + _PATIENCE_S
        while True:
            if found := [span for span in list(self.spans) if matches(span)]:
                return found[0]
            assert time.monotonic() < limit, f"no span came of {what}"
            time.sleep(_POLL_S)

    def take(self, body: bytes) -> None:
        """Keep the spans of one export."""
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            resource = {one.key: one.value.string_value for one in group.resource.attributes}
            for scope in group.scope_spans:
                self.spans += [_span(resource["service.name"], span) for span in scope.spans]


def _span(service: str, span: WireSpan) -> Span:
    return Span(
        service=service,
        name=span.name,
        kind=WireSpan.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        trace=span.trace_id,
        id=span.span_id,
        parent=span.parent_span_id,
        attributes={
            one.key: one.value.string_value or str(one.value.int_value) for one in span.attributes
        },
        raw=span.SerializeToString(),
    )


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that listens on a free port of this machine."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.endpoint = f"http://127.0.0.1:{server.server_address[1]}/v1/traces"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join(timeout=10)
