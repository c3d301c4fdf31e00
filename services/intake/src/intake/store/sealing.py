"""Whether identities are sealed: from when on, and since when all of them are.

A process of the release before reads clear columns alone, so that nothing is sealed while one runs.
"""

from kairos_chassis.blind_index import BlindIndex, index_of
from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement

_BEGUN = Statement("SELECT begun_at FROM identity_sealing", (), {})
_BEGIN = Statement(
    "INSERT INTO identity_sealing (begun_at) VALUES ($1) ON CONFLICT DO NOTHING", ("at",), {}
)
_COMPLETE = Statement("UPDATE identity_sealing SET completed_at = $1", ("at",), {})


async def sealed(tx: Transaction) -> BlindIndex | None:
    """The index of whom is registered now; None while identities rest in clear."""
    index = index_of(tx)
    if index is None or await tx.fetch_one(_BEGUN) is None:
        return None
    return index


async def begin(tx: Transaction) -> None:
    """From now on identities are sealed; a repeat changes nothing."""
    await tx.execute(_BEGIN, at=tx.now)


async def complete(tx: Transaction) -> None:
    """None is in clear any more."""
    await tx.execute(_COMPLETE, at=tx.now)
