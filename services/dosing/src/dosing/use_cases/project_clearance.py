"""Keep what intake announces of a patient's clearance."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing.store import projections


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectClearance:
    """The state of every route after a change; a route not named is not cleared."""

    patient_id: UUID
    version: int
    changed_at: datetime  # aware, UTC
    routes: tuple[dict[str, Any], ...]


async def project_clearance(command: ProjectClearance, tx: Transaction) -> None:
    """Keep the newest version; an older one, or a repeat, changes nothing."""
    projections.save_clearance(
        tx,
        command.patient_id,
        version=command.version,
        changed_at=command.changed_at,
        routes=list(command.routes),
    )
