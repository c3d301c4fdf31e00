"""A platform is upgraded while it runs, service by service, and back: from two checkouts.

The databases are the new release's from the start, as in an upgrade. The journey is the old
release's. In the states played, each fact crosses from N to N-1 and from N-1 to N: dosing reads
intake and scheduling, intake and integration read dosing, scheduling reads intake.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.contract.previous import ROOT, Checkout, check_out, previous_ref

from .platform_of_two import PlatformOfTwo

ALL = ("intake", "scheduling", "dosing", "integration")


@dataclass(frozen=True)
class Move:
    """Which services change their release, and which then are of the new one."""

    to_this: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    new: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "+".join(self.new) or "none"


MOVES = [
    Move(to_this=("dosing",), new=("dosing",)),
    Move(to_this=("intake",), new=("intake", "dosing")),
    Move(to_this=("scheduling", "integration"), new=ALL),
    Move(back=("dosing",), new=("intake", "scheduling", "integration")),
    Move(back=("intake",), new=("scheduling", "integration")),
]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlatformOfTwo]:
    folder = tmp_path_factory.mktemp("rolling")
    sources = folder / "previous"
    sources.mkdir()
    made = PlatformOfTwo(folder, check_out(previous_ref(), sources), Checkout("this", ROOT))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.mark.parametrize("move", MOVES, ids=str)
def test_the_journey_goes_well_whichever_services_are_upgraded(
    two: PlatformOfTwo, move: Move
) -> None:
    two.release(move.to_this, two.this)
    two.release(move.back, two.previous)

    new = {name for name, path in two.sources().items() if path.startswith(str(ROOT))}
    assert new == set(move.new)

    played = two.play()

    assert played["fault"] == ""
    assert played["steps"] > 0
    assert two.parked() == {service: [] for service in ALL}
