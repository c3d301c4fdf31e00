"""Revoke a consent: effective at once, everywhere."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from intake import publish
from intake.data.policy import policy
from intake.domain.consent import Consent
from intake.domain.policy import demand_reason
from intake.store import clearances, consents
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeConsent:
    """The patient withdraws. No version is asked for: a withdrawal waits for nothing."""

    consent_id: UUID
    revoked_by: UUID  # who records the withdrawal
    reason: str  # a code of the network's policy


async def revoke_consent(command: RevokeConsent, tx: Transaction) -> Consent:
    """End the consent, and announce it and what it does to the clearance, all or nothing.

    Raises ConsentNotFound (404), ConsentNotActive (409), UnknownReason (422).
    """
    demand_reason(command.reason, policy().revocation_reasons)
    patient_id = (await consents.find(tx, command.consent_id)).patient_id
    clearance = await clearances.lock(tx, patient_id)
    consent = await consents.lock(tx, command.consent_id)
    revoked = consent.revoke(by=command.revoked_by, at=tx.now, reason=command.reason)
    consents.save(tx, revoked)
    await outbox.append(tx, publish.consent_revoked(revoked))
    await reconsider_clearance(clearance, tx)
    return revoked
