"""Seal every ledger of a network as it stands."""

from kairos_chassis.db import Transaction

from dosing.domain.verification import Head, root_of
from dosing.store import checkpoints, site_books
from dosing.store.checkpoints import Checkpoint


async def seal_ledgers(tx: Transaction) -> Checkpoint:
    """Keep the seal; print its root and lock it away: a later rewriting then differs from it."""
    books = await site_books.of_network(tx)
    heads = [
        Head(
            container_id=book.container.id,
            last_seq=book.container.last_seq,
            last_hash=book.container.last_hash,
        )
        for book in books
    ]
    earlier = await checkpoints.every(tx)
    prior = earlier[-1].root if earlier else ""
    entries = sum(len(book.entries) for book in books)
    sealed = checkpoints.make(len(earlier) + 1, prior, root_of(prior, heads), entries, tx.now)
    checkpoints.add(tx, sealed, heads)
    return sealed
