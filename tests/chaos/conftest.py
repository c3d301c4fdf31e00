"""A platform to be disturbed, and the table of what was done to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import cast

import pytest
from kairos_cli.options import PORT_NAMES, BrokerWish, Options
from kairos_cli.platform import Platform
from kairos_cli.state import State

from .killer import Killer

TABLE = pytest.StashKey[list[tuple[str, ...]]]()
_HEAD = ("killed", "when", "kills", "requests repeated", "records repeated", "back in s", "verdict")


@pytest.fixture(scope="session")
def killer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killer]:
    """A running platform and who disturbs it; the broker is the one KAIROS_TEST_BROKER names."""
    platform = Platform(State(tmp_path_factory.mktemp("chaos") / "state"))
    broker = cast(BrokerWish, os.environ.get("KAIROS_TEST_BROKER", "auto"))
    options = Options(broker=broker, ports=dict.fromkeys(PORT_NAMES, 0), tied=True)
    made = Killer(platform, options)
    try:
        platform.start(options)
        yield made
    finally:
        platform.stop()
        made.close()


@pytest.fixture(scope="session")
def table(request: pytest.FixtureRequest) -> list[tuple[str, ...]]:
    """Rows to be printed when all is over."""
    return request.config.stash.setdefault(TABLE, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    rows = terminalreporter.config.stash.get(TABLE, [])
    if not rows:
        return
    widths = [max(len(row[n]) for row in (_HEAD, *rows)) for n in range(len(_HEAD))]
    terminalreporter.section("kill -9 in the journey")
    for row in (_HEAD, *rows):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        terminalreporter.write_line(line.rstrip())
