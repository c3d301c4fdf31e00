"""Find who stands behind a capability: a patient alone, or the referrer of somebody."""

from datetime import timedelta
from typing import Final

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction

from intake.store import links, referrals

_FOLLOWED: Final = timedelta(days=365)  # a referrer's token; it shows a status and nothing else


async def identify_capability(tx: Transaction, digest: bytes) -> Caller | None:
    """The caller, whose subject is the link or the referral itself; None for a token that opens
    nothing now."""
    link = await links.behind(tx, digest)
    if link is not None and link.works(tx.now):
        subject, expires_at, patient_id = link.id, link.expires_at, link.patient_id
    else:
        referral = await referrals.behind(tx, digest)
        if referral is None:
            return None
        # Whoever it became is not the referrer's to reach: the referral stands for itself.
        subject = patient_id = referral.id
        expires_at = referral.received_at + _FOLLOWED
    return Caller(
        subject=subject,
        network_id=tx.network,
        roles=frozenset({"patient"}),
        sites=None,
        expires_at=expires_at,
        patient_id=patient_id,
    )
