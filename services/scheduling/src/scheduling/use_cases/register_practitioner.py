"""Register a member of staff."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from scheduling import publish
from scheduling.domain.practitioner import Practitioner, Role
from scheduling.store import practitioners


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPractitioner:
    """Somebody works for the network in these roles."""

    practitioner_id: UUID  # the subject of their access token
    display_name: str  # for the calendar; it never leaves this service
    roles: frozenset[Role]


async def register_practitioner(command: RegisterPractitioner, tx: Transaction) -> Practitioner:
    """Keep the practitioner and announce them, both or neither.

    Raises PractitionerRegistered (409) at the flush for an id that is known.
    """
    registered = Practitioner(
        id=command.practitioner_id,
        display_name=command.display_name,
        roles=command.roles,
        registered_at=tx.now,
    )
    practitioners.add(tx, registered)
    await outbox.append(tx, publish.practitioner_registered(registered))
    return registered
