"""The four services, for tests that hold for each of them."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from kairos_chassis.http.route import KairosRoute
from kairos_chassis.process import Service
from kairos_chassis.testing.databases import ServiceDatabase

NAMES = ("intake", "scheduling", "dosing", "integration")
_PARAMETER = re.compile(r"{(\w+)}")


def service_of(name: str) -> Service[Any]:
    """A service as its process runs it."""
    service: Service[Any] = importlib.import_module(f"{name}.wiring").SERVICE
    return service


def settings_of(name: str, database: ServiceDatabase, directory: Path) -> dict[str, Any]:
    """What a service's settings ask for beyond what every service has."""
    if name == "dosing":
        token = directory / "token"
        token.write_text("unused")
        return {"intake_url": "http://127.0.0.1:9", "service_token_file": token}
    if name == "integration":
        notes = database.url_as("integration_notes")
        return {"notes_database_url": notes, "sealing_key": "k" * 32}
    return {}


def routes_of(app: Any) -> Iterator[tuple[str, str, KairosRoute]]:
    """Every route of a service: method, path with fresh ids, and the route."""
    for route in app.routes:
        if isinstance(route, KairosRoute):
            for method in sorted(route.methods):
                yield method, _PARAMETER.sub(lambda _: str(uuid4()), route.path), route


def all_roles(route: KairosRoute) -> list[str]:
    """Roles that the route admits."""
    return sorted(route.rules.policy.roles)


def fresh_network() -> UUID:
    """A network nobody else uses."""
    return uuid4()
