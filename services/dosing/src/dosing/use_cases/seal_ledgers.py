"""Seal every ledger of a network as it stands."""

from kairos_chassis.db import Transaction

from dosing.domain.verification import Head, root_of
from dosing.store import checkpoints, containers
from dosing.store.checkpoints import Checkpoint


async def seal_ledgers(tx: Transaction) -> Checkpoint | None:
    """Keep the seal, or None where the network has no container yet.

    Every close of a day seals; an operator may at any time. Keep its root elsewhere: a later
    rewriting of ledgers and seals together then differs from it.
    """
    boxes = await containers.lock_all(tx)
    if not boxes:
        return None
    heads = [
        Head(container_id=box.id, last_seq=box.last_seq, last_hash=box.last_hash) for box in boxes
    ]
    earlier = await checkpoints.every(tx)
    prior = earlier[-1].root if earlier else ""
    entries = sum(box.last_seq for box in boxes)
    sealed = checkpoints.make(len(earlier) + 1, prior, root_of(prior, heads), entries, tx.now)
    checkpoints.add(tx, sealed, heads)
    return sealed
