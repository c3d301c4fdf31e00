"""A platform with stand-ins for the services: PostgreSQL, broker and supervisor are real."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kairos_cli.options import Options
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES
from kairos_cli.state import State

FAKE_SERVICE = Path(__file__).parent / "fake_service.py"


def _make_options(folder: Path, **changes: Any) -> Options:
    program = (sys.executable, str(FAKE_SERVICE), str(folder), "{service}")
    chosen: dict[str, Any] = {"broker": "tansu"} | changes
    chosen["ports"] = dict.fromkeys(SERVICES, 0) | chosen.get("ports", {})
    return Options(service_program=program, tied=True, **chosen)


@pytest.fixture
def fake_options() -> Callable[..., Options]:
    """Makes options for a platform whose services are stand-ins, steered by what is in a folder."""
    return _make_options


@pytest.fixture
def busy_port() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Steers the stand-ins of a test's own platform."""
    steering = tmp_path / "steering"
    steering.mkdir()
    return steering


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """A platform not yet started; ended at the end, whatever the test did."""
    made = Platform(State(tmp_path / "state"))
    yield made
    made.stop()


@pytest.fixture
def up(platform: Platform, folder: Path) -> Platform:
    """A running platform of the test's own."""
    platform.start(_make_options(folder))
    return platform


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, Path]]:
    """A running platform several tests share and leave whole, and what its stand-ins left."""
    steering = tmp_path_factory.mktemp("steering")
    made = Platform(State(tmp_path_factory.mktemp("platform") / "state"))
    try:
        made.start(_make_options(steering))
        yield made, steering
    finally:
        made.stop()
