"""A case of the feed: what arrives for one key, and the ways to be right about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from kairos_partner_kit.records import Draft


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way to be right. Records are meant by their place in the case, from 0."""

    applied: Sequence[frozenset[int]]
    """In this order, one of each set, and no record beside these."""
    kept: frozenset[int] = frozenset()
    """Not applied, and said to be kept."""


@dataclass(frozen=True, slots=True)
class Case:
    """What arrives, and the ways to be right about it."""

    name: str
    promise: str
    records: Sequence[Draft]
    right: Sequence[Outcome]


def applying(*places: int, keeping: Sequence[int] = ()) -> Outcome:
    """These records applied, one after the other, and those kept."""
    return Outcome([frozenset({place}) for place in places], frozenset(keeping))
