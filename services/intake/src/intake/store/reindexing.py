"""Everybody's identity sealed and hashed by the ring's current key, while everything runs."""

from uuid import UUID

from kairos_chassis.db import Database
from kairos_chassis.key_ring import KeyRing

from intake.store import identity


async def index_anew(db: Database, ring: KeyRing) -> int:
    """Each patient in a transaction of its own; returns how many were behind.

    Safe to break off, to repeat, and to run side by side.
    """
    done, after = 0, None
    while True:
        async with db.transaction(None) as tx:
            page = await identity.behind(tx, ring.current, after)
        if not page:
            return done
        for network, patient in page:
            done += await _one(db, network, patient)
        after = page[-1][1]


async def indexed_by(db: Database) -> dict[str, int]:
    """How many patients are found by hashes of each key of the ring."""
    async with db.transaction(None) as tx:
        return await identity.in_use(tx)


async def _one(db: Database, network: UUID, patient_id: UUID) -> bool:
    async with db.transaction(network) as tx:
        return await identity.seal_anew(tx, patient_id)
