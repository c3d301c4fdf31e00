"""Routes that cannot forget their duties.

FastAPI declares a route and documents it; `Endpoint` serves it: authenticate, check the policy,
bind strictly, run, audit, answer. A route without a policy cannot be built.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from fastapi.routing import APIRoute
from kairos_chassis.errors import KairosError, Kind, Refusal
from kairos_chassis.failure import is_infrastructure
from kairos_chassis.http import exchange, streams
from kairos_chassis.http.arguments import JSON, signature_of
from kairos_chassis.http.call import Call
from kairos_chassis.http.documents import Document
from kairos_chassis.http.problems import Problem
from kairos_chassis.http.safety import SAFE_HEADERS
from kairos_chassis.http.streams import Stream
from kairos_chassis.policy import Policy
from kairos_chassis.telemetry import REFUSALS, REQUEST_SECONDS
from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Histogram
from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[BaseModel | Document | Stream]])

SCHEMAS = "#/components/schemas/"
_log = structlog.get_logger()
_PROPAGATOR = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("kairos.http")
_ERROR_STATUSES = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 500, 503)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a route promises beside its function."""

    policy: Policy
    unsafe: bool
    if_match: bool
    status: int
    media_type: str = JSON  # of the answer
    accepts: str = JSON  # of the body
    body_limit_bytes: int | None = None  # where the service's own limit does not fit
    capability_in_path: bool = False  # instead of a bearer token


class Endpoint:
    """An ASGI application for one route."""

    def __init__(self, function: Callable[..., Awaitable[Any]], path: str, rules: Rules) -> None:
        self.function = function
        self.path = path
        self.rules = rules
        self.signature = signature_of(function, path, rules.accepts)
        self._measures: dict[tuple[str, int], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        started = time.perf_counter()
        call = self.signature.call_type(scope, receive)
        # The parent of our span; reading it is worth its time only where there is one.
        parent = _PROPAGATOR.extract(call.headers) if "traceparent" in call.headers else None
        span = _tracer.start_span(f"{scope['method']} {self.path}", parent, SpanKind.SERVER)
        outside = attach(trace.set_span_in_context(span, parent))
        try:
            response, slug = await self._respond(call)
            span.set_attribute("http.response.status_code", response.status_code)
            response.raw_headers += SAFE_HEADERS
            if (allowance := call.state_.allowance) is not None:
                response.raw_headers += allowance.headers()
            await response(scope, receive, send)
            seconds = time.perf_counter() - started
            self._observe(scope["method"], response.status_code, slug, seconds)
        finally:
            detach(outside)
            span.end()

    async def _respond(self, call: Call) -> tuple[Response, str | None]:
        exchange.begin(call, self.path, self.rules)
        try:
            await exchange.admit(call, self.rules)
            arguments = self.signature.bind(call, call.state_.body)
            if self.rules.if_match:
                _ = call.if_match
            call.state_.entered = True
            result = await self.function(**arguments)
            return exchange.reply(call, result), None
        except asyncio.CancelledError:
            raise
        except Exception as error:
            if is_infrastructure(error) and not isinstance(error, KairosError):
                _log.warning("database_unavailable", error=type(error).__name__)
                error = Refusal("unavailable", Kind.UNAVAILABLE, "Try again in a moment.")
            return await exchange.refuse(call, error)

    def _observe(self, method: str, status: int, slug: str | None, seconds: float) -> None:
        measure = self._measures.get((method, status))
        if measure is None:
            measure = REQUEST_SECONDS.labels(method, self.path, str(status))
            self._measures[method, status] = measure
        measure.observe(seconds)
        if slug is not None:
            REFUSALS.labels(slug).inc()
        _log.info(
            "request",
            method=method,
            route=self.path,
            status=status,
            reason=slug,
            milliseconds=round(seconds * 1000, 1),
        )


class KairosRoute(APIRoute):
    """FastAPI's route for the document, our endpoint for the traffic."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        rules = getattr(endpoint, "kairos_rules", None)
        if not isinstance(rules, Rules):
            raise TypeError(f"{endpoint.__qualname__} names no policy: declare it with Routes")
        self.rules = rules
        self.app = Endpoint(endpoint, path, rules)


@dataclass(frozen=True, slots=True)
class _Declared:
    method: str
    path: str
    function: Callable[..., Awaitable[BaseModel | Document | Stream]]
    rules: Rules


class Routes:
    """The routes of one resource: `@routes.post("/v1/doses", policy=...)`."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.declared: list[_Declared] = []

    def get(self, path: str, *, policy: Policy) -> Callable[[Handler], Handler]:
        """A read."""
        return self._declare(
            "GET", path, Rules(policy=policy, unsafe=False, if_match=False, status=200)
        )

    def document(
        self, path: str, *, policy: Policy, media_type: str, capability_in_path: bool = False
    ) -> Callable[[Handler], Handler]:
        """A read whose answer is no JSON. The function returns what `call.document` returns."""
        rules = Rules(
            policy=policy,
            unsafe=False,
            if_match=False,
            status=200,
            media_type=media_type,
            capability_in_path=capability_in_path,
        )
        return self._declare("GET", path, rules)

    def stream(self, path: str, *, policy: Policy) -> Callable[[Handler], Handler]:
        """A read that goes on, as server-sent events. The function returns `call.follow(...)`."""
        rules = Rules(
            policy=policy, unsafe=False, if_match=False, status=200, media_type=streams.MEDIA_TYPE
        )
        return self._declare("GET", path, rules)

    def post(
        self,
        path: str,
        *,
        policy: Policy,
        status: int = 201,
        if_match: bool = False,
        accepts: str = JSON,
        body_limit_bytes: int | None = None,
    ) -> Callable[[Handler], Handler]:
        """A creation or an action. Takes an Idempotency-Key."""
        rules = Rules(
            policy=policy,
            unsafe=True,
            if_match=if_match,
            status=status,
            accepts=accepts,
            body_limit_bytes=body_limit_bytes,
        )
        return self._declare("POST", path, rules)

    def put(self, path: str, *, policy: Policy) -> Callable[[Handler], Handler]:
        """A change of a resource. Takes an Idempotency-Key and If-Match."""
        return self._declare(
            "PUT", path, Rules(policy=policy, unsafe=True, if_match=True, status=200)
        )

    def patch(self, path: str, *, policy: Policy) -> Callable[[Handler], Handler]:
        """A partial change. Takes an Idempotency-Key and If-Match."""
        return self._declare(
            "PATCH", path, Rules(policy=policy, unsafe=True, if_match=True, status=200)
        )

    def _declare(self, method: str, path: str, rules: Rules) -> Callable[[Handler], Handler]:
        def register(function: Handler) -> Handler:
            function.kairos_rules = rules  # type: ignore[attr-defined]
            self.declared.append(_Declared(method, path, function, rules))
            return function

        return register


def document(declared: _Declared) -> dict[str, Any]:
    """What FastAPI is told beside the signature, so that the OpenAPI document is true."""
    parameters: Sequence[dict[str, Any]] = [
        _header("Idempotency-Key", "A repeat returns the first answer.", declared.rules.unsafe),
        _header("If-Match", "The ETag you have read.", declared.rules.if_match),
    ]
    in_path = declared.rules.capability_in_path
    if in_path:
        capability = {"name": "capability", "in": "path", "required": True}
        parameters = [{**capability, "schema": {"type": "string"}}]
    return {
        "parameters": [p for p in parameters if p["required"]],
        "security": [] if in_path else [{"bearer": []}],
        "x-kairos-action": declared.rules.policy.action,
        "x-kairos-roles": sorted(declared.rules.policy.roles),
    }


def error_responses() -> dict[int | str, dict[str, Any]]:
    """Every route may answer these, always as a problem document (see `problem_schemas`)."""
    content = {"application/problem+json": {"schema": {"$ref": SCHEMAS + "Problem"}}}
    return {status: {"description": "Problem", "content": content} for status in _ERROR_STATUSES}


def problem_schemas() -> dict[str, Any]:
    """The schemas that `error_responses` refers to, for the document's components."""
    problem = Problem.model_json_schema(ref_template=SCHEMAS + "{model}")
    return {**problem.pop("$defs"), "Problem": problem}


def _header(name: str, description: str, required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": {"type": "string"},
    }
