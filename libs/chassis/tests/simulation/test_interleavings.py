"""Thousands of interleavings of commands, crashes, zombies and duplicates: every event has its
effect once and in order. With a rule of the delivery taken away, the same search finds the fault.

KAIROS_SIMULATIONS says how many schedules are tried; a nightly run may try a million.
"""

import os
import random

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from .world import Planted, World, Wrong, play

SCHEDULES = int(os.environ.get("KAIROS_SIMULATIONS", "2000"))
STEPS = 100
MOST = 60  # more is never possible at once
BUGS = [one for one in Planted if one is not Planted.NOTHING]

choices = st.lists(st.integers(0, MOST - 1), max_size=STEPS)


def fails(schedule: list[int], planted: Planted) -> bool:
    """Whether the machine goes wrong under that schedule."""
    try:
        play(schedule, planted)
    except Wrong:
        return True
    return False


def test_no_interleaving_loses_doubles_or_misplaces_an_event() -> None:
    for seed in range(SCHEDULES):
        dice = random.Random(seed)
        schedule = [dice.randrange(MOST) for _ in range(STEPS)]
        play(schedule)


@given(schedule=choices)
@settings(max_examples=300, deadline=None)
def test_no_interleaving_that_hypothesis_thinks_of_does_either(schedule: list[int]) -> None:
    play(schedule)


def test_the_search_reaches_everything_that_can_happen() -> None:
    """A machine that never gets anywhere proves nothing."""
    seen: set[str] = set()
    effects = 0
    for seed in range(300):
        dice = random.Random(seed)
        seen.update(play([dice.randrange(MOST) for _ in range(STEPS)]))
        world = World()
        for _ in range(STEPS):
            possible = world.actions()
            possible[dice.randrange(len(possible))][1]()
        effects += sum(len(one) for one in world.effects.values())

    assert effects > 300  # before the end puts everything right
    assert seen >= {
        *("relay 1 marks", "relay 0 sends, unheard", "relay 1 cannot send", "relay 1 dies"),
        *("member 1 applies", "member 0 dies", "lease runs out", "roll back ada", "release ben"),
    }


@pytest.mark.parametrize("planted", BUGS, ids=lambda one: one.value)
def test_planted_bug_is_found_and_boiled_down(planted: Planted) -> None:
    found = find(
        choices,
        lambda schedule: fails(schedule, planted),
        settings=settings(
            max_examples=20_000,
            database=None,
            derandomize=True,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )

    with pytest.raises(Wrong) as caught:
        play(found, planted)
    assert len(found) <= 16, str(caught.value)  # short enough to be read
    assert not fails(found, Planted.NOTHING)


def test_search_says_so_when_there_is_nothing_to_find() -> None:
    with pytest.raises(NoSuchExample):
        find(
            choices,
            lambda schedule: fails(schedule, Planted.NOTHING),
            settings=settings(max_examples=100, database=None, deadline=None),
        )
