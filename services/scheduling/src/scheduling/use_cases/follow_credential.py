"""Follow a credential to its end: alert, and at the lapse tell everybody and re-plan."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from scheduling import publish
from scheduling.data import credential_policy
from scheduling.domain.errors import CredentialNotFound
from scheduling.domain.practitioner import Credential, Practitioner, Status
from scheduling.store import credential_alerts, practitioners
from scheduling.use_cases.replan_practitioner import ReplanPractitioner, replan_practitioner
from scheduling.use_cases.schedule_credential_watch import LAPSED, schedule_credential_watch


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowCredential:
    """The time has come for an alert, or for the end."""

    credential_id: UUID
    practitioner_id: UUID
    days_left: int


async def follow_credential(command: FollowCredential, tx: Transaction) -> None:
    """Raise the alert, or announce the lapse and see to the visits it breaks, in one transaction.

    A credential that was renewed keeps its practitioner's visits: the renewal is one of its own.
    Raises CredentialNotFound (404).
    """
    practitioner = await practitioners.lock(tx, command.practitioner_id)
    credential = _held(practitioner, command.credential_id)
    if credential.status is Status.SUSPENDED:
        return
    if command.days_left != LAPSED:
        credential_alerts.add(tx, credential, days_left=command.days_left)
        await schedule_credential_watch(credential, tx)
        return
    policy = credential_policy()
    at = policy.lapses_at(credential.expires_on, credential.state)
    await outbox.append(tx, publish.credential_lapsed(credential, at=at))
    await replan_practitioner(
        ReplanPractitioner(practitioner_id=practitioner.id, reason="credential_lapsed"), tx
    )


def _held(practitioner: Practitioner, credential_id: UUID) -> Credential:
    for one in practitioner.credentials:
        if one.id == credential_id:
            return one
    raise CredentialNotFound
