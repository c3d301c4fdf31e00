"""Every fault that a look through the books finds, judged by `verification.faults`.

A sound ledger has none; each change of it shows its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from dosing.domain.ledger import Container, Entry, EntryKind, digest
from dosing.domain.verification import Head, faults

from .rule_case import Case
from .test_ledger import enter, first_day

Books = tuple[Container, Sequence[Entry], Head | None]
Change = Callable[[Container], Books]


def named(fault: str) -> str:
    """A fault without the places that go with it."""
    for word in ("_at_", "_after_", "_from_"):
        fault = fault.partition(word)[0]
    return fault


def _sealed(vial: Container) -> Head:
    return Head(container_id=vial.id, last_seq=vial.last_seq, last_hash=vial.last_hash)


def _sound(vial: Container) -> Books:
    return vial, vial.entries, _sealed(vial)


def _chained(vial: Container, changed: Sequence[Entry]) -> tuple[Entry, ...]:
    """Every hash worked out anew: what somebody who can write would do."""
    done: list[Entry] = []
    for one in changed:
        prior = done[-1].hash if done else vial.entries[0].prior_hash
        moved = replace(one, prior_hash=prior)
        done.append(replace(moved, hash=digest(moved)))
    return tuple(done)


def _rewritten(vial: Container) -> Books:
    *before, last = vial.entries
    entries = _chained(vial, [*before, replace(last, witness=UUID(int=9))])
    return replace(vial, last_hash=entries[-1].hash), entries, _sealed(vial)


def _rehashed(vial: Container, entries: Sequence[Entry]) -> Books:
    """With a head that agrees, and never sealed."""
    chained = _chained(vial, entries)
    head = replace(vial, last_seq=len(chained), last_hash=chained[-1].hash)
    return head, chained, None


def _with_balance(vial: Container) -> Books:
    *before, last = vial.entries
    wrong = replace(last, balance_after_mg=Decimal("466"))
    return _rehashed(vial, [*before, wrong])


def _over_accounted(vial: Container) -> Books:
    more = enter(vial, EntryKind.WASTE, "0.001", draw_id=vial.entries[1].draw_id)
    return more, more.entries, None


def _shortened(vial: Container) -> Books:
    """The end is gone, and the container says that it was never there."""
    entries = vial.entries[:-1]
    return replace(vial, last_seq=3, last_hash=entries[-1].hash), entries, _sealed(vial)


def _case(code: str, change: Change, also: str = "") -> Case:
    def judged(of: Change) -> list[str]:
        return [named(one) for one in faults(*of(first_day()))]

    return Case(
        code=code,
        keeps=lambda: judged(_sound),
        breaks=lambda: judged(change),
        also=frozenset(also.split()),
    )


CASES: Sequence[Case] = (
    _case(
        "entry_missing_or_inserted",
        lambda vial: (vial, [*vial.entries[:2], vial.entries[3]], None),
    ),
    _case(
        "entry_missing_or_inserted",
        lambda vial: (vial, [*vial.entries[:2], vial.entries[1], *vial.entries[2:]], None),
    ),
    _case(
        "entry_edited",
        lambda vial: (vial, [*vial.entries[:-1], replace(vial.entries[-1], witness=None)], None),
    ),
    _case(
        "order_broken",
        lambda vial: (
            vial,
            [*vial.entries[:-1], replace(vial.entries[-1], prior_hash="0" * 64)],
            None,
        ),
        also="entry_edited",
    ),
    _case("balance_wrong", _with_balance),
    _case(
        "balance_wrong", lambda vial: (replace(vial, balance_mg=Decimal("466")), vial.entries, None)
    ),
    _case("truncated", lambda vial: (vial, vial.entries[:-1], None)),
    _case("truncated_since_checkpoint", _shortened),
    _case("rewritten_since_checkpoint", _rewritten),
    _case("draw_over_accounted", _over_accounted),
)
