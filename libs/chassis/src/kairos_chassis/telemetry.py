"""Logs, traces and request metrics. None of them ever carries patient data.

Logs are JSON lines; a field outside `ALLOWED_FIELDS` is dropped before it is written, so that a
careless `log.info(..., name=patient.name)` cannot leak.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import orjson
import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from prometheus_client import Counter, Histogram

from kairos_chassis.settings import Settings

ALLOWED_FIELDS = frozenset(
    {
        *("event", "level", "timestamp", "service", "process", "trace_id", "span_id", "request_id"),
        *("route", "method", "status", "milliseconds", "action", "reason", "error", "where"),
        *("topic", "partition", "offset", "sequence", "expected", "type", "consumer", "attempt"),
        *("shard", "shards", "epoch", "cluster_id", "previous", "current", "kind", "check"),
        *("count", "seconds", "port", "host", "profile", "revision", "version", "state", "hash"),
    }
)

REQUEST_SECONDS = Histogram(
    "kairos_http_request_seconds",
    "Time from the first byte of a request to its answer.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REFUSALS = Counter("kairos_http_refusals", "Requests refused, by slug.", ["slug"])


def drop_unknown_fields(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep only fields that are known to hold no patient data."""
    for name in event.keys() - ALLOWED_FIELDS:
        del event[name]
    return event


def _add_trace(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid and context.trace_flags.sampled:
        event["trace_id"] = format(context.trace_id, "032x")
        event["span_id"] = format(context.span_id, "016x")
    return event


def _json(event: Any, **options: Any) -> str:
    return orjson.dumps(event, **options).decode()


def configure_logs(service: str, level: str, output: TextIO | None = None) -> None:
    """JSON lines for this process, on standard output unless told where else."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            lambda _logger, _method, event: {**event, "service": service},
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_trace,
            drop_unknown_fields,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(output or sys.stdout),
        cache_logger_on_first_use=True,
    )
    # Libraries may quote SQL parameters or payloads below WARNING; their messages are not ours.
    logging.basicConfig(level=logging.WARNING, handlers=[_LibraryLogs()], force=True)


class _LibraryLogs(logging.Handler):
    """Says that a library complained, and which; its message may quote data, so it is left out."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger().warning(
            "library_warning", where=f"{record.name}:{record.funcName}", error=error
        )


def configure_traces(service: str, settings: Settings) -> TracerProvider | None:
    """Send spans over OTLP where an endpoint is configured. Returns what must be shut down."""
    if settings.otlp_endpoint is None:
        return None
    provider = TracerProvider(
        resource=Resource.create({"service.name": f"kairos-{service}"}),
        sampler=ParentBased(TraceIdRatioBased(settings.trace_ratio)),
    )
    exporter = OTLPSpanExporter(endpoint=str(settings.otlp_endpoint), timeout=3)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider
