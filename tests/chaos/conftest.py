"""A platform to be disturbed, and the table of what was done to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import cast

import pytest
from kairos_chassis.testing.history import Kind
from kairos_cli.options import PORT_NAMES, BrokerWish, Options
from kairos_cli.platform import Platform
from kairos_cli.state import State

from .killer import Killer
from .scene import Reckoning

Reckoned = list[tuple[str, str, list[Reckoning]]]

TABLE = pytest.StashKey[list[tuple[str, ...]]]()
RECKONED = pytest.StashKey[Reckoned]()
_FAULT_HEAD = (
    *("broker", "fault", "rounds", "commands acknowledged", "restarts"),
    *("lost", "duplicated", "reordered", "gaps", "stuck", "recovery s", "p99 ms normal, during"),
)
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


@pytest.fixture(scope="session")
def reckoned(request: pytest.FixtureRequest) -> Reckoned:
    """Broker, fault and what its rounds showed, to be printed when all is over."""
    return request.config.stash.setdefault(RECKONED, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables."""
    faults = [_row(*one) for one in terminalreporter.config.stash.get(RECKONED, [])]
    _print(terminalreporter, "faults under load", _FAULT_HEAD, faults)
    rows = terminalreporter.config.stash.get(TABLE, [])
    _print(terminalreporter, "kill -9 in the journey", _HEAD, rows)


def _row(broker: str, fault: str, rounds: list[Reckoning]) -> tuple[str, ...]:
    """The rounds of a fault in one line: sums, and the worst of what is measured."""
    times = [one.recovery_s for one in rounds if one.recovery_s is not None]
    slow = [one.fault_p99_ms for one in rounds if one.fault_p99_ms is not None]
    normal = f"{max((one.normal_p99_ms for one in rounds), default=0):.0f}"
    return (
        *(broker, fault, str(len(rounds)), str(sum(one.acknowledged for one in rounds))),
        str(sum(one.restarts for one in rounds)),
        *(
            str(sum(one.count(kind) for one in rounds))
            for kind in (Kind.LOST, Kind.DUPLICATED, Kind.REORDERED, Kind.GAP, Kind.STUCK)
        ),
        "never"
        if None in times or not times
        else f"{max(one for one in times if one is not None):.1f}",
        f"{normal}, {max(slow):.0f}" if slow else f"{normal}, -",
    )


def _print(
    terminalreporter: pytest.TerminalReporter,
    title: str,
    head: tuple[str, ...],
    rows: list[tuple[str, ...]],
) -> None:
    if not rows:
        return
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    terminalreporter.section(title)
    for row in (head, *rows):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        terminalreporter.write_line(line.rstrip())
