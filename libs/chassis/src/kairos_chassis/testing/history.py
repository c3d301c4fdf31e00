"""A history of what was promised, what lay on the bus and what came of it, and its checker.

In the manner of Jepsen: every command that was acknowledged, every record, every effect of every
consumer; unique values per key, so that whatever went wrong has a name. A command whose answer was
lost may have happened or not, but not by halves.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Key = str
BUS = "bus"  # as the name of a consumer: what the partitions themselves hold


class Kind(StrEnum):
    """What went wrong."""

    LOST = "lost"
    DUPLICATED = "duplicated"
    REORDERED = "reordered"
    GAP = "gap"
    STUCK = "stuck"
    INVENTED = "invented"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that went wrong, where, and for which number of which key."""

    kind: Kind
    consumer: str
    key: Key
    number: int


@dataclass(slots=True, kw_only=True)
class History:
    """What happened, numbered from 1 per key."""

    acknowledged: Mapping[Key, set[int]]
    uncertain: Mapping[Key, set[int]] = field(default_factory=dict)
    records: Sequence[tuple[Key, int]] | None = None  # as they lie; None if nobody looked
    effects: Mapping[str, Mapping[Key, Sequence[int]]]
    waiting: Mapping[str, Sequence[Key]] = field(default_factory=dict)  # at the end, by consumer
    rebuilt: bool = False
    """The broker was lost: what was sent before anybody noticed lies before all that came again."""


def check(history: History) -> list[Verdict]:
    """Everything that went wrong; nothing, as it should be."""
    found: list[Verdict] = []
    for consumer, keys in history.effects.items():
        for key in keys.keys() | history.acknowledged.keys():
            found += _of_effects(history, consumer, key, keys.get(key, ()))
    for consumer, waiting in history.waiting.items():
        found += [Verdict(Kind.STUCK, consumer, key, 0) for key in waiting]
    if history.records is not None:
        found += _of_records(history, history.records)
    return found


def _of_effects(
    history: History, consumer: str, key: Key, effects: Sequence[int]
) -> Iterator[Verdict]:
    acknowledged = history.acknowledged.get(key, set())
    for number in acknowledged - set(effects):
        yield Verdict(Kind.LOST, consumer, key, number)
    for number in set(effects) - acknowledged - history.uncertain.get(key, set()):
        yield Verdict(Kind.INVENTED, consumer, key, number)
    for number, times in Counter(effects).items():
        if times > 1:
            yield Verdict(Kind.DUPLICATED, consumer, key, number)
    first = list(dict.fromkeys(effects))
    for before, after in itertools.pairwise(first):
        if after < before:
            yield Verdict(Kind.REORDERED, consumer, key, after)
    for number in set(range(1, max(effects, default=0))) - set(effects):
        yield Verdict(Kind.GAP, consumer, key, number)


def _of_records(history: History, records: Sequence[tuple[Key, int]]) -> Iterator[Verdict]:
    """Copies are no harm on the bus; an event that comes for the first time too early is.

    On a bus that was filled again, what came too early comes once more, in its place. Either way
    somebody who takes each event only after the one before it must get to the last.
    """
    newest: dict[Key, int] = defaultdict(int)
    taken: dict[Key, int] = defaultdict(int)
    for key, number in records:
        if number > newest[key] + 1 and not history.rebuilt:
            yield Verdict(Kind.REORDERED, BUS, key, number)
        newest[key] = max(newest[key], number)
        taken[key] += number == taken[key] + 1
    for key, numbers in history.acknowledged.items():
        for number in range(taken[key] + 1, max(numbers, default=0) + 1):
            yield Verdict(Kind.LOST, BUS, key, number)
