"""Find who stands behind a capability: the patient of a self-service link."""

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction

from intake.store import links


async def identify_capability(tx: Transaction, digest: bytes) -> Caller | None:
    """The caller, whose subject is the link itself; None for a link that opens nothing now."""
    link = await links.behind(tx, digest)
    if link is None or not link.works(tx.now):
        return None
    return Caller(
        subject=link.id,
        network_id=tx.network,
        roles=frozenset({"patient"}),
        sites=None,
        expires_at=link.expires_at,
        patient_id=link.patient_id,
    )
