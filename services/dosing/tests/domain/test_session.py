"""The session's state machine: what is not allowed cannot happen, what happens is attributed."""

from uuid import UUID

import pytest
from dosing.domain.errors import IllegalMove
from dosing.domain.session import ALLOWED, OVER, State
from hypothesis import given
from hypothesis import strategies as st

from .makers import NOW, session

NURSE = UUID(int=7)


@given(st.lists(st.sampled_from(State), max_size=12))
def test_only_allowed_moves_happen_and_each_is_attributed(steps: list[State]) -> None:
    here = session()
    taken = 0
    for step in steps:
        if step in ALLOWED[here.state]:
            here = here.move(step, by=NURSE, cause="test", at=NOW)
            taken += 1
        else:
            before = here
            with pytest.raises(IllegalMove):
                here.move(step, by=NURSE, cause="test", at=NOW)
            assert here == before
    assert here.version == 1 + taken == 1 + len(here.moves)
    assert [move.seq for move in here.moves] == list(range(2, taken + 2))
    assert all(move.by == NURSE for move in here.moves)
    assert all(a.after == b.before for a, b in zip(here.moves, here.moves[1:], strict=False))


@pytest.mark.parametrize("over", sorted(OVER))
def test_end_is_the_end(over: State) -> None:
    assert ALLOWED[over] == frozenset()


def test_no_discharge_without_a_dose() -> None:
    """Every way to the discharge leads through monitoring."""
    without = {
        state: {to for to in ALLOWED[state] if to is not State.MONITORING} for state in State
    }
    reached, frontier = set(), {State.CHECKED_IN}
    while frontier:
        reached |= frontier
        frontier = {to for state in frontier for to in without[state]} - reached
    assert State.DISCHARGED not in reached
    assert State.ABORTED in reached
