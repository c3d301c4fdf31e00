"""Suspend a credential: from now on it may not be relied on, whatever its dates."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from scheduling import publish
from scheduling.domain.errors import CredentialNotFound
from scheduling.domain.practitioner import Credential
from scheduling.store import practitioners
from scheduling.use_cases.replan_practitioner import ReplanPractitioner, replan_practitioner
from scheduling.use_cases.schedule_credential_watch import schedule_credential_watch


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendCredential:
    """A board or the network withdraws its trust."""

    practitioner_id: UUID
    credential_id: UUID


async def suspend_credential(command: SuspendCredential, tx: Transaction) -> Credential:
    """Add the suspended version, announce it, and see to the visits it breaks: all or nothing.

    It takes effect at once.

    Raises PractitionerNotFound, CredentialNotFound (404), CredentialSuspended (409).
    """
    practitioner = await practitioners.lock(tx, command.practitioner_id)
    for held in practitioner.credentials:
        if held.id == command.credential_id:
            suspended = held.suspend(at=tx.now)
            practitioners.add_credential(tx, suspended)
            await schedule_credential_watch(suspended, tx)
            await outbox.append(tx, publish.credential_recorded(suspended))
            plan = ReplanPractitioner(
                practitioner_id=practitioner.id, reason="credential_suspended"
            )
            await replan_practitioner(plan, tx)
            return suspended
    raise CredentialNotFound
