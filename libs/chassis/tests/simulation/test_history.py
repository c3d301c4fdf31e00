"""The checker of histories accepts what is right and names each thing that is wrong."""

from collections.abc import Sequence

import pytest
from kairos_chassis.testing.history import BUS, History, Kind, Verdict, check


def history(
    effects: Sequence[int],
    *,
    acknowledged: set[int] | None = None,
    uncertain: set[int] | None = None,
    records: Sequence[int] | None = None,
) -> History:
    return History(
        acknowledged={"k": {1, 2, 3} if acknowledged is None else acknowledged},
        uncertain={"k": uncertain or set()},
        records=None if records is None else [("k", number) for number in records],
        effects={"dosing": {"k": effects}},
    )


def test_each_effect_once_and_in_order_is_well() -> None:
    assert check(history([1, 2, 3], records=[1, 2, 1, 2, 3, 2])) == []


@pytest.mark.parametrize("effects", [[1, 2, 3], [1, 2, 3, 4]])
def test_command_whose_answer_was_lost_may_have_happened_or_not(effects: list[int]) -> None:
    assert check(history(effects, uncertain={4})) == []


@pytest.mark.parametrize(
    ("effects", "kinds"),
    [
        ([1, 2], {Kind.LOST}),
        ([1, 3], {Kind.LOST, Kind.GAP}),
        ([1, 2, 2, 3], {Kind.DUPLICATED}),
        ([1, 3, 2], {Kind.REORDERED}),
        ([1, 2, 3, 4], {Kind.INVENTED}),
        ([], {Kind.LOST}),
    ],
)
def test_what_is_wrong_with_effects_is_named(effects: list[int], kinds: set[Kind]) -> None:
    assert {one.kind for one in check(history(effects))} == kinds


@pytest.mark.parametrize(
    ("records", "verdict"),
    [
        ([1, 3, 2, 3], Verdict(Kind.REORDERED, BUS, "k", 3)),
        ([1, 2, 1, 2, 1], Verdict(Kind.LOST, BUS, "k", 3)),
        ([1, 2], Verdict(Kind.LOST, BUS, "k", 3)),
    ],
)
def test_what_is_wrong_on_the_bus_is_named(records: list[int], verdict: Verdict) -> None:
    assert check(history([1, 2, 3], records=records)) == [verdict]


def test_bus_that_was_filled_again_may_begin_in_the_middle_if_all_comes_once_more() -> None:
    def lies(*records: int) -> list[Verdict]:
        told = history([1, 2, 3], records=records)
        told.rebuilt = True
        return check(told)

    assert lies(3, 1, 2, 3) == []
    assert lies(3, 1, 2) == [Verdict(Kind.LOST, BUS, "k", 3)]


def test_key_that_waits_at_the_end_is_stuck() -> None:
    told = History(acknowledged={}, effects={}, waiting={"dosing": ["k"]})

    assert check(told) == [Verdict(Kind.STUCK, "dosing", "k", 0)]
