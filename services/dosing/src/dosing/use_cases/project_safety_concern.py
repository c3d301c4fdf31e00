"""Keep which safety concerns block dosing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing.store import projections
from dosing.use_cases.stop_further_drug import StopFurtherDrug, stop_further_drug


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSafetyConcern:
    """A concern was raised."""

    concern_id: UUID
    patient_id: UUID
    trigger: str
    blocks_dosing: bool
    raised_at: datetime  # aware, UTC


async def project_safety_concern(command: ProjectSafetyConcern, tx: Transaction) -> None:
    """Keep a concern; a repeat changes nothing."""
    projections.raise_concern(
        tx,
        command.concern_id,
        command.patient_id,
        trigger=command.trigger,
        blocks_dosing=command.blocks_dosing,
        raised_at=command.raised_at,
    )
    if command.blocks_dosing:
        worried = StopFurtherDrug(patient_id=command.patient_id, reason="safety_concern")
        await stop_further_drug(worried, tx)
