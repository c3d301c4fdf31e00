"""Keep what scheduling announces of a credential."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing.store import practitioners


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCredential:
    """One version of a credential; `expires_on` is its last day."""

    credential_id: UUID
    practitioner_id: UUID
    kind: str
    state: str | None
    issued_on: date
    expires_on: date
    status: str
    recorded_at: datetime  # aware, UTC


async def project_credential(command: ProjectCredential, tx: Transaction) -> None:
    """Keep the newest version; an older one changes nothing."""
    practitioners.save_credential(
        tx,
        command.credential_id,
        command.practitioner_id,
        kind=command.kind,
        state=command.state,
        issued_on=command.issued_on,
        expires_on=command.expires_on,
        status=command.status,
        recorded_at=command.recorded_at,
    )
