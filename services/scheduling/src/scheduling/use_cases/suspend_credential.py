"""Suspend a credential: from now on it may not be relied on, whatever its dates."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from scheduling import publish
from scheduling.domain.errors import CredentialNotFound
from scheduling.domain.practitioner import Credential
from scheduling.store import practitioners


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendCredential:
    """A board or the network withdraws its trust."""

    practitioner_id: UUID
    credential_id: UUID


async def suspend_credential(command: SuspendCredential, tx: Transaction) -> Credential:
    """Add the suspended version and announce it, both or neither. It takes effect at once.

    Raises PractitionerNotFound, CredentialNotFound (404), CredentialSuspended (409).
    """
    practitioner = await practitioners.lock(tx, command.practitioner_id)
    for held in practitioner.credentials:
        if held.id == command.credential_id:
            suspended = held.suspend(at=tx.now)
            practitioners.add_credential(tx, suspended)
            await outbox.append(tx, publish.credential_recorded(suspended))
            return suspended
    raise CredentialNotFound
