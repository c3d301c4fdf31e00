"""Reaffirm a consent before a visit."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake import publish
from intake.domain.consent import Consent
from intake.store import clearances, consents


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaffirmConsent:
    """The patient says again that the consent stands; it gives no new scope."""

    consent_id: UUID
    visit_id: UUID
    taken_by: UUID


async def reaffirm_consent(command: ReaffirmConsent, tx: Transaction) -> Consent:
    """Keep and announce it, once for each visit; a repeat changes nothing.

    Raises ConsentNotFound (404), ConsentNotActive, ConsentExpired (409).
    """
    patient_id = (await consents.find(tx, command.consent_id)).patient_id
    await clearances.lock(tx, patient_id)
    consent = await consents.lock(tx, command.consent_id)
    consent.check_reaffirmable(tx.now)
    if await consents.reaffirmed(tx, consent.id, command.visit_id):
        return consent
    consents.reaffirm(tx, uuid7(), consent, command.visit_id, by=command.taken_by)
    await outbox.append(tx, publish.consent_reaffirmed(consent, command.visit_id, tx.now))
    return consent
