"""The ledger as arithmetic and as a chain."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from dosing.domain.errors import AmountNotHeld
from dosing.domain.ledger import Container, EntryKind, Posting, held, intact
from hypothesis import given
from hypothesis import strategies as st

from .makers import NOW, container

AMOUNTS = st.decimals("0.001", "200", places=3)


def enter(vial: Container, kind: EntryKind, amount: str | Decimal, **more: Any) -> Container:
    posting = Posting(
        id=uuid4(), kind=kind, amount_mg=Decimal(amount), at=NOW, actor=UUID(int=1), **more
    )
    return vial.enter(posting)


def first_day() -> Container:
    vial = enter(container(), EntryKind.RECEIVE, "500")
    draw = uuid4()
    vial = enter(vial, EntryKind.DRAW, "35", draw_id=draw)
    vial = enter(vial, EntryKind.ADMINISTER, "34", draw_id=draw)
    return enter(vial, EntryKind.WASTE, "1", draw_id=draw, witness=UUID(int=2))


def test_reference_day_leaves_465() -> None:
    vial = first_day()

    assert vial.balance_mg == 465
    assert held(vial.entries) == 0
    assert intact(vial.entries, vial)


OUT = (
    EntryKind.DRAW,
    EntryKind.TRANSFER_OUT,
    EntryKind.DESTROY,
    EntryKind.ADJUST_OUT,
    EntryKind.LOSS,
)


@given(st.lists(st.tuples(st.sampled_from(EntryKind), AMOUNTS), max_size=20))
def test_balance_never_falls_below_zero_and_the_chain_holds(
    postings: list[tuple[EntryKind, Decimal]],
) -> None:
    vial = enter(container(), EntryKind.RECEIVE, "500")
    for kind, amount in postings:
        try:
            vial = enter(vial, kind, amount)
        except AmountNotHeld:
            assert kind in OUT
            assert amount > vial.balance_mg
    assert vial.balance_mg >= 0
    assert [entry.seq for entry in vial.entries] == list(range(1, len(vial.entries) + 1))
    assert intact(vial.entries, vial)


@pytest.mark.parametrize(
    "change",
    [
        {"amount_mg": Decimal("33")},
        {"witness": None},
        {"witness": UUID(int=9)},
        {"actor": UUID(int=9)},
        {"at": NOW + timedelta(microseconds=1)},
        {"kind": EntryKind.RETURN},
        {"hash": "0" * 64},
    ],
)
def test_any_altered_entry_is_noticed(change: dict[str, Any]) -> None:
    vial = first_day()
    entries = [*vial.entries[:-1], replace(vial.entries[-1], **change)]

    assert not intact(entries, vial)


def test_missing_or_swapped_entries_are_noticed() -> None:
    vial = first_day()
    one, two, three, four = vial.entries

    assert not intact([one, two, three], vial)
    assert not intact([one, two, four], vial)
    assert not intact([one, three, two, four], vial)
    assert not intact([], vial)


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_entry_has_an_amount(amount: str) -> None:
    with pytest.raises(AmountNotHeld):
        enter(container(), EntryKind.RECEIVE, amount)
