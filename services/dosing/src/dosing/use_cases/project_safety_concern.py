"""Keep which safety concerns block dosing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing.store import projections


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectConcern:
    """A concern was raised."""

    concern_id: UUID
    patient_id: UUID
    trigger: str
    blocks_dosing: bool
    raised_at: datetime  # aware, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectAcknowledgement:
    """A clinician took a concern up and said whether it still blocks."""

    concern_id: UUID
    patient_id: UUID
    blocks_dosing: bool
    acknowledged_at: datetime  # aware, UTC


async def project_concern(command: ProjectConcern, tx: Transaction) -> None:
    """Keep a concern; a repeat changes nothing."""
    projections.raise_concern(
        tx,
        command.concern_id,
        command.patient_id,
        trigger=command.trigger,
        blocks_dosing=command.blocks_dosing,
        raised_at=command.raised_at,
    )


async def project_acknowledgement(command: ProjectAcknowledgement, tx: Transaction) -> None:
    """Keep what the acknowledgement says; a repeat changes nothing."""
    projections.acknowledge_concern(
        tx,
        command.concern_id,
        command.patient_id,
        blocks_dosing=command.blocks_dosing,
        acknowledged_at=command.acknowledged_at,
    )
