"""Every route of every service names its policy, and asks what its method must ask."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from kairos_chassis.errors import Refusal
from kairos_chassis.http.app import create_app
from kairos_chassis.http.call import Call
from kairos_chassis.http.etags import version_from
from kairos_chassis.http.idempotency import claim
from kairos_chassis.http.route import KairosRoute, Routes, Rules
from kairos_chassis.http.schemas import Answer
from kairos_chassis.policy import Policy, policy
from kairos_chassis.probes import Probes
from starlette.routing import BaseRoute, Route

from .house import SERVICES, service_object

# What a load balancer, a scraper and a reader may ask without a token.
OPEN = {"/healthz/live", "/healthz/ready", "/healthz/startup", "/metrics", "/openapi.json"}
READ = policy("thing.read", "nurse")


def application(routes: tuple[Routes, ...], name: str = "planted") -> FastAPI:
    """An application of these routes, to be looked at."""
    return create_app(
        service=name, summary="", routes=routes, deps=None, edge=None, probes=Probes()
    )


def faults_of(app: FastAPI) -> list[str]:
    """Routes that forget a duty."""
    return [f"{path_of(route)}: {fault}" for route in app.routes for fault in duties(route)]


def path_of(route: BaseRoute) -> str:
    """The path a route answers."""
    path: str = getattr(route, "path", "?")
    return path


def duties(route: BaseRoute) -> list[str]:
    """What one route forgets."""
    if not isinstance(route, KairosRoute):
        reading = isinstance(route, Route) and route.methods == {"GET", "HEAD"}
        return [] if reading and path_of(route) in OPEN else ["answers without a policy"]
    methods = route.methods or set()
    faults = []
    if not (isinstance(route.rules.policy, Policy) and route.rules.policy.roles):
        faults.append("its policy lets nobody in")
    if methods & {"PUT", "PATCH", "DELETE"} and not route.rules.if_match:
        faults.append("changes without If-Match")
    if methods - {"GET", "HEAD"} and not route.rules.unsafe:
        faults.append("acts without Idempotency-Key")
    asked = {p["name"] for p in (route.openapi_extra or {})["parameters"]}
    if asked != documented(route.rules):
        faults.append(f"documents {sorted(asked)}")
    return faults


def documented(rules: Rules) -> set[str]:
    """What a route of these rules asks for beside its own parameters."""
    headers = {
        "Idempotency-Key": rules.unsafe,
        "If-Match": rules.if_match,
        "capability": rules.capability_in_path,
    }
    return {name for name, wanted in headers.items() if wanted}


@pytest.mark.parametrize("service", SERVICES)
def test_no_route_forgets_its_duties(service: str) -> None:
    found = service_object(service)
    app = application(tuple(found.routes), service)

    assert [route for route in app.routes if isinstance(route, KairosRoute)]
    assert faults_of(app) == []


@pytest.mark.parametrize("service", SERVICES)
def test_action_has_one_policy(service: str) -> None:
    policies: dict[str, Policy] = {}
    for resource in service_object(service).routes:
        for declared in resource.declared:
            named = declared.rules.policy
            assert policies.setdefault(named.action, named) == named


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_is_versioned_in_its_path(service: str) -> None:
    paths = [d.path for resource in service_object(service).routes for d in resource.declared]

    assert [path for path in paths if not path.startswith("/v1/")] == []


# --- twins ------------------------------------------------------------------------------------


class Thing(Answer):
    """Something to answer."""

    id: UUID


async def get_thing(call: Call) -> Thing:
    """Declared past Routes, hence without rules."""
    return Thing(id=uuid4())


def planted(method: str, rules: Rules) -> FastAPI:
    """An application with one route of those rules."""

    async def do_thing(call: Call) -> Thing:
        return Thing(id=uuid4())

    routes = Routes("things")
    routes._declare(method, "/v1/things", rules)(do_thing)
    return application((routes,))


def test_route_without_a_policy_cannot_be_built() -> None:
    app = FastAPI()

    with pytest.raises(TypeError, match="get_thing names no policy"):
        app.router.add_api_route("/v1/things", get_thing, route_class_override=KairosRoute)


@pytest.mark.parametrize("method", ["get", "post", "put", "patch"])
def test_route_cannot_be_declared_without_a_policy(method: str) -> None:
    with pytest.raises(TypeError, match="policy"):
        getattr(Routes("things"), method)("/v1/things")


def test_route_past_the_edge_is_found() -> None:
    app = application(())
    app.add_api_route("/v1/things", get_thing, response_model=None)
    app.add_route("/debug", lambda _: None)  # type: ignore[arg-type, return-value]

    assert faults_of(app) == [
        "/v1/things: answers without a policy",
        "/debug: answers without a policy",
    ]


@pytest.mark.parametrize(
    ("method", "changes", "fault"),
    [
        ("PUT", {"if_match": False}, "changes without If-Match"),
        ("PATCH", {"if_match": False}, "changes without If-Match"),
        ("DELETE", {"if_match": False}, "changes without If-Match"),
        ("POST", {"unsafe": False}, "acts without Idempotency-Key"),
        ("DELETE", {"unsafe": False}, "acts without Idempotency-Key"),
        ("GET", {"policy": policy("thing.read")}, "its policy lets nobody in"),
    ],
)
def test_forgotten_duty_is_found(method: str, changes: dict[str, Any], fault: str) -> None:
    rules = {"policy": READ, "unsafe": method != "GET", "if_match": method != "GET", "status": 200}

    assert faults_of(planted(method, Rules(**rules))) == []  # type: ignore[arg-type]
    assert faults_of(planted(method, Rules(**{**rules, **changes}))) == [f"/v1/things: {fault}"]


def test_missing_headers_are_refused() -> None:
    with pytest.raises(Refusal) as without_key:
        claim(None, uuid4(), "POST", "/v1/things", b"{}")
    with pytest.raises(Refusal) as without_version:
        version_from(None)

    assert without_key.value.kind.status == 400
    assert without_version.value.kind.status == 428
