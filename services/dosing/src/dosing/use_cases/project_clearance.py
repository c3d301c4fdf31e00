"""Keep what intake announces of a patient's clearance."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing.store import projections
from dosing.use_cases.stop_further_drug import StopFurtherDrug, stop_further_drug


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectClearance:
    """The state of every route after a change; a route not named is not cleared."""

    patient_id: UUID
    version: int
    changed_at: datetime  # aware, UTC
    routes: tuple[dict[str, Any], ...]


async def project_clearance(command: ProjectClearance, tx: Transaction) -> None:
    """Keep the newest version; an older one, or a repeat, changes nothing.

    Where it takes clearance from a patient who is being dosed, no more drug is given; the watch
    goes on (clinical reference 6).
    """
    projections.save_clearance(
        tx,
        command.patient_id,
        version=command.version,
        changed_at=command.changed_at,
        routes=list(command.routes),
    )
    withdrawn = StopFurtherDrug(
        patient_id=command.patient_id, reason="clearance_withdrawn", only_if_not_cleared=True
    )
    await stop_further_drug(withdrawn, tx)
