"""Verify every ledger of a network against itself and against its seals."""

from dataclasses import dataclass

from kairos_chassis.db import Transaction

from dosing.domain.verification import faults, missing_containers, root_of
from dosing.store import checkpoints, site_books


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How many were looked at, and what is wrong: by container, or `checkpoint <seq>`."""

    containers: int
    entries: int
    checkpoints: int
    faults: dict[str, list[str]]


async def verify_ledgers(tx: Transaction) -> Verified:
    """Read everything and name what is wrong."""
    books = await site_books.of_network(tx)
    seals = await checkpoints.every(tx)
    found: dict[str, list[str]] = {}
    prior, heads = "", {}
    for place, seal in enumerate(seals, start=1):
        at_seal = await checkpoints.heads_of(tx, seal.id)
        if (seal.seq, seal.prior_root) != (place, prior) or seal.root != root_of(prior, at_seal):
            found[f"checkpoint {seal.seq}"] = ["seal_broken"]
        prior, heads = seal.root, {one.container_id: one for one in at_seal}
    for book in books:
        wrong = list(faults(book.container, book.entries, heads.get(book.container.id)))
        if wrong:
            found[str(book.container.id)] = wrong
    for gone in missing_containers(heads, {book.container.id for book in books}):
        found[str(gone)] = ["container_missing"]
    return Verified(
        containers=len(books),
        entries=sum(len(book.entries) for book in books),
        checkpoints=len(seals),
        faults=found,
    )
