"""`python -m tools.client OPENAPI_PYTHON_CLIENT`: a client nobody wrote by hand plays the journey.

Generates a Python client from each service's committed document, and plays the demonstration with
every request sent by the generated functions, their models and their parsers. Exit code 1 where a
client cannot be made, lacks an operation, or the journey does not end as it should.
"""

import importlib
import inspect
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from kairos_cli.demo import journey
from kairos_cli.demo.stage import Step
from kairos_cli.options import PORT_NAMES, Options
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES
from kairos_cli.state import State

ROOT: Final = Path(__file__).resolve().parents[1]
# What is no JSON is taken as it comes.
_CONFIG: Final = """
post_hooks: []
content_type_overrides:
  application/fhir+json: application/json
  application/pdf: application/octet-stream
  image/svg+xml: application/octet-stream
  text/calendar: application/octet-stream
  text/csv: application/octet-stream
"""


class Operation:
    """One operation of a document, and the generated function for it."""

    def __init__(self, path: str, module: ModuleType) -> None:
        pattern = "".join(
            f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part)
            for part in re.split(r"({\w+})", path)
        )
        self.pattern = re.compile(pattern)
        self.module = module
        self.names = set(inspect.signature(module.sync_detailed).parameters)
        body = inspect.get_annotations(module.sync_detailed, eval_str=True).get("body")
        self.model = _model(body)


class GeneratedClients:
    """Speaks to the platform as `httpx.Client` does, through generated code."""

    def __init__(self, platform: Platform, packages: dict[str, ModuleType]) -> None:
        self._ports = {urlsplit(url).port: name for name, url in platform.urls.items()}
        self._packages = packages
        self._operations = {name: dict(_operations(name, one)) for name, one in packages.items()}
        self.sent = 0

    def __enter__(self) -> "GeneratedClients":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def request(
        self,
        method: str,
        address: str,
        *,
        headers: dict[str, str],
        params: dict[str, Any] | None = None,
        json: Any = None,
    ) -> httpx.Response:
        """Send a request by the generated function for it."""
        where = urlsplit(address)
        service = self._ports[where.port]
        operation, in_path = self._find(service, method, where.path)
        token = headers["Authorization"].removeprefix("Bearer ")
        heard: list[httpx.Response] = []
        client = self._packages[service].AuthenticatedClient(
            base_url=f"{where.scheme}://{where.netloc}",
            token=token,
            httpx_args={"trust_env": False, "event_hooks": {"response": [heard.append]}},
        )
        given = {**in_path, **{_snake(name): value for name, value in (params or {}).items()}}
        given |= {_snake(name): value for name, value in headers.items()}
        arguments = {name: value for name, value in given.items() if name in operation.names}
        if operation.model is not None and json is not None:
            arguments["body"] = operation.model.from_dict(json)
        with client as opened:
            operation.module.sync_detailed(client=opened, **arguments)
        self.sent += 1
        heard[-1].read()
        return heard[-1]

    def _find(self, service: str, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        for (known, _), operation in self._operations[service].items():
            if known == method and (match := operation.pattern.fullmatch(path)):
                return operation, match.groupdict()
        raise LookupError(f"the client of {service} has no {method} {path}")


def _operations(service: str, package: ModuleType) -> Iterator[tuple[tuple[str, str], Operation]]:
    document = json.loads((ROOT / f"services/{service}/openapi.json").read_text())
    # The most particular path first: a fixed name is no id.
    for path, methods in sorted(document["paths"].items(), key=lambda one: one[0].count("{")):
        for method, operation in methods.items():
            tag = _snake(operation["tags"][0])
            name = f"{package.__name__}.api.{tag}.{_snake(operation['operationId'])}"
            yield (method.upper(), path), Operation(path, importlib.import_module(name))


def _model(hint: Any) -> Any:
    return hint if hasattr(hint, "from_dict") else None


def _snake(name: str) -> str:
    return re.sub(r"[^0-9a-z]+", "_", name.lower())


class _Quiet:
    """Hears the journey without a word."""

    def scene(self, title: str) -> None:
        """A new part of the story."""

    def begins(self, step: Step) -> None:
        """A step begins."""

    def ends(self, step: Step) -> None:
        """A step has been taken."""


@contextmanager
def generated(program: str, folder: Path) -> Iterator[dict[str, ModuleType]]:
    """A package for each service, made from its committed document. Raises CalledProcessError."""
    config = folder / "config.yaml"
    config.write_text(_CONFIG)
    for name in SERVICES:
        subprocess.run(
            [
                *(program, "generate", "--meta", "none", "--fail-on-warning"),
                *("--config", str(config), "--output-path", str(folder / f"generated_{name}")),
                *("--path", str(ROOT / f"services/{name}/openapi.json")),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    sys.path.insert(0, str(folder))
    yield {name: importlib.import_module(f"generated_{name}") for name in SERVICES}
    sys.path.remove(str(folder))


def main() -> None:
    """Make the clients and play."""
    os.environ["KAIROS_RATE_LIMIT_PER_MINUTE"] = "0"
    with (
        tempfile.TemporaryDirectory(prefix="kairos-client-") as name,
        generated(sys.argv[1], Path(name)) as packages,
    ):
        platform = Platform(State(Path(name) / "state"))
        platform.start(Options(broker="tansu", ports=dict.fromkeys(PORT_NAMES, 0), tied=True))
        try:
            clients = GeneratedClients(platform, packages)
            # Only what the journey calls httpx: the generated code uses the real one.
            vars(journey)["httpx"] = SimpleNamespace(Client=lambda **_: clients)
            played = journey.play(platform, _Quiet())
        finally:
            platform.stop()
    sys.stdout.write(f"{clients.sent} requests by generated clients; {played.fault or 'well'}\n")
    if not played.well:
        sys.exit(1)


if __name__ == "__main__":
    main()
