"""Nothing acknowledged is lost, every effect comes exactly once and in the order of its patient,
whatever happens; nobody has to help.

CHAOS_ROUNDS and CHAOS_SECONDS make it longer, CHAOS_SEED makes it another, CHAOS_BACKLOG sets how
many events wait in the last fault.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import cast

import pytest
from kairos_chassis.testing.history import Kind
from kairos_cli.options import BrokerWish

from tests.chaos.faults import BACKLOG, FAULTS
from tests.chaos.ground import Ground, ground
from tests.chaos.scene import Reckoning, play, scene_on

pytestmark = pytest.mark.timeout(900 + BACKLOG // 200)

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "1"))
SECONDS = float(os.environ.get("CHAOS_SECONDS", "4"))
SEED = int(os.environ.get("CHAOS_SEED", "20270301"))
RECOVERY_S = 30.0  # the backlog is drained within so long of the fault's end
# While the broker is away a command takes at most twice what it takes otherwise; of one that takes
# less than this, twice is what the machine's other work makes of it.
BROKER_AWAY = ("broker dead", "broker frozen", "broker wiped")
SLOWER = 2.0
UNHEARD_MS = 50.0


@pytest.fixture(scope="module")
def on() -> Iterator[Ground]:
    """PostgreSQL and the broker that KAIROS_TEST_BROKER names, for all faults one after another."""
    with ground(cast(BrokerWish, os.environ.get("KAIROS_TEST_BROKER", "auto"))) as made:
        yield made


@pytest.mark.parametrize("fault", FAULTS)
async def test_everything_comes_once_and_in_order_through(
    on: Ground, reckoned: list[tuple[str, str, list[Reckoning]]], fault: str
) -> None:
    rounds: list[Reckoning] = []
    reckoned.append((on.broker.kind, fault, rounds))
    for number in range(ROUNDS):
        async with scene_on(on, seed=SEED + number, seconds=SECONDS) as scene:
            rounds.append(await play(scene, FAULTS[fault]))

    assert [one for round_ in rounds for one in round_.verdicts] == []
    for round_ in rounds:
        assert round_.acknowledged > 0
        assert round_.count(Kind.LOST) == 0
        assert round_.recovery_s is not None, "the backlog never drained"
        assert round_.recovery_s <= RECOVERY_S
        if fault in BROKER_AWAY:
            assert round_.fault_p99_ms is not None, "no command was answered"
            assert round_.fault_p99_ms <= SLOWER * max(round_.normal_p99_ms, UNHEARD_MS)
