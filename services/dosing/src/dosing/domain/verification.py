"""Finds any edited, deleted, inserted, swapped or truncated entry of a ledger."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from dosing.domain.ledger import Container, Entry, balance_change, digest, genesis, held


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a container's ledger stood at a checkpoint."""

    container_id: UUID
    last_seq: int
    last_hash: str


def faults(
    container: Container,
    entries: Sequence[Entry],
    head: Head | None,
    earlier: Sequence[Head] = (),
) -> Iterator[str]:
    """What is wrong with one ledger, by name and place: the first place is that of the first entry
    that is no longer what was written.

    `head` is from the newest checkpoint, `earlier` are those before, oldest first: they say
    between which two checkpoints a ledger was rewritten.
    """
    prior, balance = genesis(container), Decimal(0)
    for place, entry in enumerate(entries, start=1):
        balance += balance_change(entry)
        if entry.seq != place:
            yield f"entry_missing_or_inserted_at_{place}"
            return
        if entry.prior_hash != prior:
            yield f"order_broken_at_{place}"
        if entry.hash != digest(entry):
            yield f"entry_edited_at_{place}"
        if entry.balance_after_mg != balance:
            yield f"balance_wrong_at_{place}"
        prior = entry.hash
    if (container.last_seq, container.last_hash) != (len(entries), prior):
        yield f"truncated_after_{len(entries)}"
    if container.balance_mg != balance:
        yield "balance_wrong"
    yield from _since_checkpoint(entries, () if head is None else (*earlier, head))
    yield from _draws(entries)


def _since_checkpoint(entries: Sequence[Entry], heads: Sequence[Head]) -> Iterator[str]:
    """A ledger rewritten as a whole, head and all, still differs from what was sealed before."""
    good = 0
    for head in heads:
        if len(entries) < head.last_seq:
            yield f"truncated_since_checkpoint_after_{len(entries)}"
            return
        if head.last_seq and entries[head.last_seq - 1].hash != head.last_hash:
            yield f"rewritten_since_checkpoint_from_{good + 1}_to_{head.last_seq}"
            return
        good = head.last_seq


def _draws(entries: Sequence[Entry]) -> Iterator[str]:
    draws: dict[UUID, list[Entry]] = {}
    for one in entries:
        if one.draw_id is not None:
            draws.setdefault(one.draw_id, []).append(one)
    if any(held(of) < 0 for of in draws.values()):
        yield "draw_over_accounted"


def root_of(prior_root: str, heads: Sequence[Head]) -> str:
    """SHA-256 over the root before and every container's head: no container can be left out."""
    lines = sorted(f"{one.container_id} {one.last_seq} {one.last_hash}" for one in heads)
    return hashlib.sha256("\n".join((prior_root, *lines)).encode()).hexdigest()


def missing_containers(heads: Mapping[UUID, Head], present: set[UUID]) -> list[UUID]:
    """Containers that a checkpoint knows and the books no longer do."""
    return sorted(set(heads) - present)
