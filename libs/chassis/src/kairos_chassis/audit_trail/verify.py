"""Verifying: does the trail still say what was sealed, and is it still what was anchored?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kairos_chassis.audit_trail import merkle, store
from kairos_chassis.audit_trail.anchors import Anchor
from kairos_chassis.audit_trail.entries import GENESIS, Checkpoint, leaf_of
from kairos_chassis.db import Database, Transaction

Kind = Literal["edited", "deleted", "inserted", "swapped", "broken_chain", "rewritten", "truncated"]
_AT_ONCE = 20  # checkpoints


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first thing that is not as it was. `entry_id` is None where no entry can be named."""

    kind: Kind
    entry_id: int | None
    checkpoint: int

    def __str__(self) -> str:
        where = "" if self.entry_id is None else f"entry {self.entry_id}, "
        return f"{self.kind}: {where}checkpoint {self.checkpoint}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What verification found. `unsealed` entries are newer than the last checkpoint."""

    fault: Fault | None
    checkpoints: int
    entries: int
    unsealed: int
    anchored: int  # how many checkpoints an anchor vouches for


@dataclass(slots=True)
class _Progress:
    before: Checkpoint | None = None
    entries: int = 0
    fault: Fault | None = None

    @property
    def last_id(self) -> int:
        return 0 if self.before is None else self.before.last_id

    @property
    def number(self) -> int:
        return 0 if self.before is None else self.before.number


async def verify(db: Database, anchors: Sequence[Anchor] = ()) -> Verdict:
    """Check every sealed entry against its checkpoint, and every checkpoint against its anchor.

    Without an anchor a log that was rewritten as a whole, checkpoints and all, looks whole.
    """
    progress = _Progress()
    known = {one.number: one for one in anchors}
    async with db.transaction(None) as tx:
        await store.read_all(tx)
        while found := await store.checkpoints_after(tx, progress.number, _AT_ONCE):
            for checkpoint in found:
                progress.fault = await _judge(tx, progress, checkpoint, known)
                if progress.fault is not None:
                    break
                progress.before = checkpoint
                progress.entries += len(checkpoint.ids)
            if progress.fault is not None:
                break
        if progress.fault is None:
            progress.fault = _cut(progress, anchors)
        unsealed = await store.count_after(tx, progress.last_id) if progress.fault is None else 0
    return Verdict(
        fault=progress.fault,
        checkpoints=progress.number,
        entries=progress.entries,
        unsealed=unsealed,
        anchored=sum(1 for number in known if number <= progress.number),
    )


async def _judge(
    tx: Transaction, progress: _Progress, checkpoint: Checkpoint, known: Mapping[int, Anchor]
) -> Fault | None:
    """What is wrong with a checkpoint and its entries, if anything."""
    number = progress.number + 1
    first = min(checkpoint.ids, default=None)
    if checkpoint.number != number:
        return Fault(kind="broken_chain", entry_id=progress.last_id + 1, checkpoint=number)
    entries = await store.entries_between(tx, progress.last_id, checkpoint.last_id)
    fault = compare(checkpoint, entries)
    if fault is not None:
        return fault
    previous = GENESIS if progress.before is None else progress.before.hash
    if checkpoint.previous != previous or not _holds(checkpoint):
        return Fault(kind="broken_chain", entry_id=first, checkpoint=number)
    anchor = known.get(number)
    if anchor is not None and anchor.hash != checkpoint.hash.hex():
        return Fault(kind="rewritten", entry_id=first, checkpoint=number)
    return None


def _holds(checkpoint: Checkpoint) -> bool:
    """Whether a checkpoint says of itself what it should."""
    whole = checkpoint.ids and checkpoint.ids[-1] == checkpoint.last_id
    return bool(
        whole
        and checkpoint.root == checkpoint.computed_root()
        and checkpoint.hash == checkpoint.computed_hash()
    )


def compare(checkpoint: Checkpoint, entries: Sequence[Mapping[str, Any]]) -> Fault | None:
    """The first entry that is not what its checkpoint sealed, by id."""
    sealed = dict(zip(checkpoint.ids, checkpoint.leaves, strict=False))
    held = {int(entry["id"]): entry for entry in entries}
    for entry_id in sorted(sealed.keys() | held.keys()):
        kind = _fault_of(entry_id, sealed, held)
        if kind is not None:
            return Fault(kind=kind, entry_id=entry_id, checkpoint=checkpoint.number)
    return None


def _fault_of(
    entry_id: int, sealed: Mapping[int, bytes], held: Mapping[int, Mapping[str, Any]]
) -> Kind | None:
    if entry_id not in held:
        return "deleted"
    if entry_id not in sealed:
        return "inserted"
    entry = held[entry_id]
    if leaf_of(entry) == sealed[entry_id]:
        return None
    # Its content may be that of another entry of this run, under whose id it was sealed.
    elsewhere = {leaf: other for other, leaf in sealed.items() if other != entry_id}
    moved = any(leaf_of(entry, as_id=other) == leaf for leaf, other in elsewhere.items())
    return "swapped" if moved else "edited"


def _cut(progress: _Progress, anchors: Sequence[Anchor]) -> Fault | None:
    """An anchor that knows of more than there is: the end of the trail has been cut off."""
    beyond = [one for one in anchors if one.number > progress.number]
    if not beyond:
        return None
    return Fault(
        kind="truncated", entry_id=progress.last_id + 1, checkpoint=min(b.number for b in beyond)
    )


async def prove(db: Database, entry_id: int) -> dict[str, Any] | None:
    """What convinces somebody who trusts only a checkpoint's root: the entry's leaf and its path.

    None for an entry that is not sealed, or not there.
    """
    async with db.transaction(None) as tx:
        await store.read_all(tx)
        checkpoint = await store.checkpoint_holding(tx, entry_id)
        if checkpoint is None or entry_id not in checkpoint.ids:
            return None
        entries = await store.entries_between(tx, entry_id - 1, entry_id)
    if not entries:
        return None
    index = list(checkpoint.ids).index(entry_id)
    steps = merkle.path(checkpoint.leaves, index)
    return {
        "entry_id": entry_id,
        "leaf": leaf_of(entries[0]).hex(),
        "path": [{"side": side, "hash": value.hex()} for side, value in steps],
        "root": checkpoint.root.hex(),
        "checkpoint": checkpoint.number,
        "checkpoint_hash": checkpoint.hash.hex(),
    }
