"""Verify a credential anew, or trust it again after a suspension."""

from dataclasses import dataclass, replace
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from scheduling import publish
from scheduling.data import credential_policy
from scheduling.domain.change_errors import UnknownReason
from scheduling.domain.errors import CredentialNotFound
from scheduling.domain.practitioner import Credential, Status
from scheduling.store import practitioners
from scheduling.use_cases.schedule_credential_watch import schedule_credential_watch


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyCredential:
    """Somebody asked the issuer, and it holds."""

    practitioner_id: UUID
    credential_id: UUID
    source: str  # where it was looked up: a code of the policy
    reinstates: bool  # ends a suspension
    by: UUID


async def verify_credential(command: VerifyCredential, tx: Transaction) -> Credential:
    """Add the verified version and announce it, both or neither.

    Raises UnknownReason (422), PractitionerNotFound, CredentialNotFound (404), CredentialActive,
    CredentialSuspended (409).
    """
    if command.source not in credential_policy().sources:
        raise UnknownReason(sorted(credential_policy().sources))
    practitioner = await practitioners.lock(tx, command.practitioner_id)
    for held in practitioner.credentials:
        if held.id == command.credential_id:
            held.check_status(suspended=command.reinstates)
            verified = replace(
                held,
                version=held.version + 1,
                status=Status.ACTIVE,
                recorded_at=tx.now,
                verified_at=tx.now,
                verified_by=command.by,
                verified_source=command.source,
            )
            practitioners.add_credential(tx, verified)
            await schedule_credential_watch(verified, tx)
            await outbox.append(tx, publish.credential_recorded(verified))
            return verified
    raise CredentialNotFound
