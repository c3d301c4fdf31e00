"""Keep who works for the network in which roles."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing.store import practitioners


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPractitioner:
    """A registered practitioner."""

    practitioner_id: UUID
    roles: tuple[str, ...]
    registered_at: datetime  # aware, UTC


async def project_practitioner(command: ProjectPractitioner, tx: Transaction) -> None:
    """Keep the roles; a repeat changes nothing."""
    practitioners.save(tx, command.practitioner_id, list(command.roles), command.registered_at)
