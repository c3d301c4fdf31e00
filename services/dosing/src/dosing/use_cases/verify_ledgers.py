"""Verify every ledger of a network against itself and against its seals."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing.domain.verification import Head, faults, missing_containers, root_of
from dosing.store import checkpoints, site_books
from dosing.store.checkpoints import Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How many were looked at, and what is wrong: by container, `checkpoint <seq>` or `root`."""

    containers: int
    entries: int
    checkpoints: int
    faults: dict[str, list[str]]


async def verify_ledgers(tx: Transaction, kept_root: str | None = None) -> Verified:
    """Read everything and name what is wrong.

    `kept_root` is the root of a seal that was kept elsewhere: who could rewrite the ledgers here
    could rewrite the seals as well, but not that.
    """
    books = await site_books.of_network(tx)
    seals = await checkpoints.every(tx)
    found, heads = await _seals(seals, tx)
    if kept_root is not None and kept_root not in {seal.root for seal in seals}:
        found["root"] = ["not_of_any_checkpoint"]
    for book in books:
        earlier = heads.get(book.container.id, [])
        newest = earlier[-1] if earlier else None
        wrong = list(faults(book.container, book.entries, newest, earlier[:-1]))
        if wrong:
            found[str(book.container.id)] = wrong
    present = {book.container.id for book in books}
    for gone in missing_containers({one: of[-1] for one, of in heads.items()}, present):
        found[str(gone)] = ["container_missing"]
    return Verified(
        containers=len(books),
        entries=sum(len(book.entries) for book in books),
        checkpoints=len(seals),
        faults=found,
    )


async def _seals(
    seals: Sequence[Checkpoint], tx: Transaction
) -> tuple[dict[str, list[str]], dict[UUID, list[Head]]]:
    """Seals that are broken, and what those of each container say, oldest first."""
    found: dict[str, list[str]] = {}
    heads: dict[UUID, list[Head]] = {}
    prior = ""
    for place, seal in enumerate(seals, start=1):
        at_seal = await checkpoints.heads_of(tx, seal.id)
        if (seal.seq, seal.prior_root) != (place, prior) or seal.root != root_of(prior, at_seal):
            found[f"checkpoint {seal.seq}"] = ["seal_broken"]
        prior = seal.root
        for head in at_seal:
            heads.setdefault(head.container_id, []).append(head)
    return found, heads
