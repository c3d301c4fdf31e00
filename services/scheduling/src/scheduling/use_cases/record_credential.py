"""Record a licence, registration or training card of a practitioner."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling import publish
from scheduling.data import credential_kinds
from scheduling.data.states import us_states
from scheduling.domain.errors import UnknownCredentialKind, UnknownState
from scheduling.domain.practitioner import Credential, Status
from scheduling.store import practitioners
from scheduling.use_cases.schedule_credential_watch import schedule_credential_watch


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCredential:
    """What the document says. A renewal is a credential of its own."""

    practitioner_id: UUID
    kind: str
    number: str
    issuer: str
    state: str | None
    issued_on: date
    expires_on: date


async def record_credential(command: RecordCredential, tx: Transaction) -> Credential:
    """Keep the credential and announce it, both or neither.

    Raises PractitionerNotFound (404), UnknownCredentialKind, UnknownState, CredentialState,
    CredentialDates (422).
    """
    bound_to_state = credential_kinds().get(command.kind)
    if bound_to_state is None:
        raise UnknownCredentialKind
    if command.state is not None and command.state not in us_states():
        raise UnknownState
    practitioner = await practitioners.lock(tx, command.practitioner_id)
    recorded = Credential(
        id=uuid7(),
        practitioner_id=practitioner.id,
        version=1,
        kind=command.kind,
        number=command.number,
        issuer=command.issuer,
        state=command.state,
        issued_on=command.issued_on,
        expires_on=command.expires_on,
        status=Status.ACTIVE,
        recorded_at=tx.now,
    )
    recorded.check(bound_to_state=bound_to_state)
    practitioners.add_credential(tx, recorded)
    await schedule_credential_watch(recorded, tx)
    await outbox.append(tx, publish.credential_recorded(recorded))
    return recorded
