"""The ASGI application of a service: its routes, its probes, and problems for the rest."""

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from kairos_chassis.access.routes import routes_of
from kairos_chassis.errors import Kind
from kairos_chassis.http import description, safety, token_endpoint
from kairos_chassis.http.arguments import JSON
from kairos_chassis.http.call import Edge
from kairos_chassis.http.problems import problem
from kairos_chassis.http.route import (
    KairosRoute,
    Routes,
    Rules,
    document,
    error_responses,
    problem_schemas,
)
from kairos_chassis.probes import Probes
from kairos_events.uuid7 import uuid7
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

_KINDS = {kind.status: kind for kind in Kind if kind is not Kind.REFUSED}


class Application(FastAPI):
    """FastAPI, with a short way to our own routes.

    They authenticate, bind, trace and answer for themselves, problems included, so FastAPI's
    middleware has nothing to do for them; it serves whatever else is asked.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._plain: dict[tuple[str, str], KairosRoute] = {}  # by method and path
        self._patterns: dict[str, list[KairosRoute]] = {}  # with ids in the path, by method

    def take_short_way(self) -> None:
        """Remember the routes there are. Call it once, when all are declared."""
        for route in self.routes:
            if isinstance(route, KairosRoute):
                for method in route.methods or ():
                    if route.param_convertors:
                        self._patterns.setdefault(method, []).append(route)
                    else:
                        self._plain[method, route.path] = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        origins = self.state.edge.origins if self.state.edge is not None else None
        if origins is not None and (origin := origins.of(scope)) is not None:
            if safety.asks_first(scope):
                await safety.answer_first(send, origin)
                return
            send = safety.readable(send, origin)
        route = self._find(scope)
        if route is None:
            await super().__call__(scope, receive, safety.safe(send))
            return
        scope["app"] = self
        await route.app(scope, receive, send)

    def _find(self, scope: Scope) -> KairosRoute | None:
        """Our own route for a request, whose path parameters are put into the scope."""
        method, path = scope["method"], scope["path"]
        if (plain := self._plain.get((method, path))) is not None:
            return plain
        for route in self._patterns.get(method, ()):
            if (match := route.path_regex.match(path)) is not None:
                scope["path_params"] = match.groupdict()
                return route
        return None


def create_app(
    *,
    service: str,
    summary: str,
    routes: Iterable[Routes],
    deps: Any,
    edge: Edge | None,
    probes: Probes,
) -> FastAPI:
    """The application. `edge` None makes one that can only be documented, not served."""
    app = Application(
        title=f"Kairos {service}",
        summary=summary,
        version="1.0.0",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # It would trace every request a second time, with the query string in the span.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.deps = deps
    app.state.edge = edge
    if own := tuple(routes):  # a process that only works answers for nobody
        for resource in (*own, routes_of(service)):
            _include(app, resource)
    app.take_short_way()
    _add_operations(app, probes)
    if edge is not None and edge.partners is not None:
        # Their answers are OAuth's, and who asks is known by an assertion: no policy comes into it.
        app.add_route(token_endpoint.TOKEN_PATH, token_endpoint.answer_token, methods=["POST"])
        app.add_route(token_endpoint.CONFIGURATION_PATH, token_endpoint.answer_configuration)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(Exception, _internal_problem)
    return app


def _include(app: FastAPI, resource: Routes) -> None:
    for declared in resource.declared:
        rules = declared.rules
        app.router.add_api_route(
            declared.path,
            declared.function,
            methods=[declared.method],
            status_code=rules.status,
            tags=[resource.tag],
            operation_id=declared.function.__name__,
            responses=error_responses(),
            openapi_extra=document(declared),
            route_class_override=KairosRoute,
            **_answer(rules),
        )


def _answer(rules: Rules) -> dict[str, Any]:
    """FastAPI makes the schema of a JSON answer; of others it need know the media type only."""
    if rules.media_type == JSON:
        return {}
    made = type("DocumentResponse", (Response,), {"media_type": rules.media_type})
    return {"response_model": None, "response_class": made}


def openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document of a service, as it is committed and gated."""
    text = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    schemes = text.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["bearer"] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    schemas = text["components"].setdefault("schemas", {})
    # FastAPI documents its own validation error; ours is the problem document.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas.update(problem_schemas())
    for route in app.routes:
        if isinstance(route, KairosRoute) and route.rules.accepts != JSON:
            _rename_body(text["paths"][route.path]["post"], route.rules.accepts)
        if isinstance(route, KairosRoute) and route.rules.media_type.endswith("+json"):
            answer = text["paths"][route.path]["get"]["responses"]["200"]["content"]
            answer[route.rules.media_type]["schema"] = {"type": "object"}
    description.complete(text, error_responses())
    return text


def _rename_body(operation: dict[str, Any], media_type: str) -> None:
    """Name the media type of a body that is JSON of a standard of its own."""
    content = operation["requestBody"]["content"]
    content[media_type] = content.pop(JSON)


def _add_operations(app: FastAPI, probes: Probes) -> None:
    cached: dict[str, Any] = {}

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def api_document(_request: Request) -> Response:
        if not cached:
            cached.update(openapi(app))
        return JSONResponse(cached)

    app.add_route("/healthz/live", probes.live)
    app.add_route("/healthz/ready", probes.ready)
    app.add_route("/healthz/startup", probes.startup)
    app.add_route("/metrics", metrics)
    app.add_route("/openapi.json", api_document)


async def _http_problem(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    slug = {404: "not_found", 405: "method_not_allowed"}.get(status, "http_error")
    headers = error.headers if isinstance(error, HTTPException) else None  # Allow, on a 405
    kind = _KINDS.get(status, Kind.MALFORMED)
    return problem(kind, slug, None, str(uuid7()), headers=headers)


async def _internal_problem(_request: Request, _error: Exception) -> Response:
    return problem(Kind.INTERNAL, "internal_error", None, str(uuid7()))
