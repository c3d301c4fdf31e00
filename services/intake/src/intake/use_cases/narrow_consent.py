"""Withdraw some scopes of a consent: effective at once, also in the middle of a session."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from intake import publish
from intake.domain.consent import Consent
from intake.store import clearances, consents
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class NarrowConsent:
    """The patient takes back, say, touch. No version is asked for: it waits for nothing."""

    consent_id: UUID
    scopes: Sequence[str]


async def narrow_consent(command: NarrowConsent, tx: Transaction) -> Consent:
    """Keep the consent without them, and announce that and what it does to the clearance.

    Raises ConsentNotFound (404), ConsentNotActive, NothingNarrowed (409).
    """
    patient_id = (await consents.find(tx, command.consent_id)).patient_id
    clearance = await clearances.lock(tx, patient_id)
    consent = await consents.lock(tx, command.consent_id)
    narrowed = consent.narrow(command.scopes, at=tx.now)
    consents.save(tx, narrowed)
    await outbox.append(tx, publish.consent_narrowed(consent, narrowed))
    await reconsider_clearance(clearance, tx)
    return narrowed
