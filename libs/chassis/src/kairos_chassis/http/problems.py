"""Problem details (RFC 9457) for every error, without a word of the input."""

from collections.abc import Container, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from kairos_chassis.errors import KairosError, Kind, Refusal, members_of
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

TYPE_PREFIX = "urn:kairos:problem:"
MEDIA_TYPE = "application/problem+json"
FAULT_LIMIT = 50


class Fault(BaseModel):
    """Where a payload breaks its schema, and which rule it breaks."""

    at: str = Field(description="JSON pointer into the body, or the parameter's name")
    rule: str


class Problem(BaseModel):
    """RFC 9457 problem details."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str | None = None
    request_id: str
    faults: list[Fault] | None = None
    rules: list[str] | None = Field(default=None, description="names of the rules that refuse")


def problem(
    kind: Kind,
    slug: str,
    detail: str | None,
    request_id: str,
    members: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem response."""
    document: dict[str, Any] = {
        "type": TYPE_PREFIX + slug,
        "title": slug.replace("_", " ").capitalize(),
        "status": kind.status,
        "request_id": request_id,
    }
    if detail:
        document["detail"] = detail
    document.update(members or {})
    body = orjson.dumps(document, default=str)
    return Response(body, kind.status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def problem_of(error: Exception, request_id: str) -> Response | None:
    """The problem response of an error that knows its kind; None for any other."""
    if not isinstance(error, KairosError) or not isinstance(error.kind, Kind):
        return None
    headers = {"Cache-Control": "no-store", **getattr(error, "headers", {})}
    if error.kind is Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(error.kind, error.slug, explain(error), request_id, members_of(error), headers)


def explain(error: Exception) -> str:
    """A refusal's message, else the first line of the error's docstring: never its arguments."""
    if isinstance(error, Refusal):
        return str(error)
    return (type(error).__doc__ or "").strip().split("\n", 1)[0]


class InvalidPayload(Exception):
    """The request does not fit its schema."""

    slug = "invalid_payload"
    kind = Kind.INVALID

    def __init__(
        self,
        faults: Iterable[Mapping[str, Any]],
        prefix: Sequence[str] = (),
        known: Container[str] = (),
    ) -> None:
        super().__init__()
        self.members = {
            "faults": [
                {"at": _pointer(prefix, fault["loc"], known), "rule": fault["type"]}
                for fault in list(faults)[:FAULT_LIMIT]
            ]
        }


def _pointer(prefix: Sequence[str], parts: Iterable[object], known: Container[str]) -> str:
    """A JSON pointer; a name the schema does not know is the sender's, so it becomes `?`."""
    shown = [str(p) if isinstance(p, int) or p in known else "?" for p in parts]
    return "/" + "/".join([*prefix, *shown])


@cache
def names_in(model: type[BaseModel]) -> frozenset[str]:
    """Every field name that a model's schema knows, at any depth."""
    names: set[str] = set()

    def collect(node: object) -> None:
        if isinstance(node, dict):
            properties = node.get("properties")
            if isinstance(properties, dict):
                names.update(properties)
            for value in node.values():
                collect(value)
        elif isinstance(node, list):
            for value in node:
                collect(value)

    collect(model.model_json_schema())
    return frozenset(names)
