"""Kafka headers as text, each at most once where it matters, and the trace context among them."""

import re
from collections.abc import Sequence
from uuid import UUID

from kairos_events.wire_text import EnvelopeError, require

Header = tuple[str, bytes]
ReceivedHeader = tuple[str, bytes | None]

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/json"

OF_AN_EVENT = frozenset(
    {
        "ce_specversion",
        "ce_id",
        "ce_type",
        "ce_source",
        "ce_time",
        "ce_subject",
        "ce_dataschema",
        "ce_network",
        "ce_sequence",
        "content-type",
    }
)
"""The headers that every event has."""

_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
_TRACESTATE = re.compile(r"[\x20-\x7e]{1,512}")


def mandatory_text(headers: Sequence[ReceivedHeader], names: frozenset[str]) -> dict[str, str]:
    """Return the named headers as text; one missing, repeated or undecodable is an error."""
    found: dict[str, str] = {}
    for name, raw in headers:
        if name in names:
            require(name not in found, name, "repeated")
            found[name] = _utf8(name, raw)
    for name in sorted(names - found.keys()):
        raise EnvelopeError(name, "missing")
    return found


def check_binding(text: dict[str, str]) -> None:
    """Refuse another CloudEvents version or content type than the one we speak."""
    require(text["ce_specversion"] == SPEC_VERSION, "ce_specversion", "not 1.0")
    require(text["content-type"] == CONTENT_TYPE, "content-type", "not application/json")


def _utf8(name: str, raw: bytes | None) -> str:
    if raw is None:
        raise EnvelopeError(name, "null")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise EnvelopeError(name, "not UTF-8") from None


def key_text(key: bytes | None) -> str | None:
    """Return a record key as text. Raises `EnvelopeError` when it is not UTF-8."""
    return None if key is None else _utf8("key", key)


def optional_text(headers: Sequence[ReceivedHeader], name: str) -> str | None:
    """A trace header's text; none when absent, repeated or undecodable."""
    values = [raw for header, raw in headers if header == name]
    if len(values) != 1 or values[0] is None:
        return None
    return values[0].decode("utf-8", errors="replace")


def optional_uuid(headers: Sequence[ReceivedHeader], name: str) -> UUID | None:
    """An id that may be missing; none too when repeated or no id."""
    try:
        return UUID(optional_text(headers, name) or "")
    except ValueError:
        return None


def trace_context(parent: str | None, state: str | None) -> tuple[str | None, str | None]:
    """Keep a trace context only when well formed; a state has no meaning without its parent."""
    if parent is None or _TRACEPARENT.fullmatch(parent) is None:
        return None, None
    if state is None or _TRACESTATE.fullmatch(state) is None:
        return parent, None
    return parent, state
