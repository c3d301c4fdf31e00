"""Keep whether an acknowledged safety concern still blocks dosing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing.store import projections


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectAcknowledgement:
    """A clinician took a concern up and said whether it still blocks."""

    concern_id: UUID
    patient_id: UUID
    blocks_dosing: bool
    acknowledged_at: datetime  # aware, UTC


async def project_acknowledgement(command: ProjectAcknowledgement, tx: Transaction) -> None:
    """Keep what the acknowledgement says; a repeat changes nothing."""
    projections.acknowledge_concern(
        tx,
        command.concern_id,
        command.patient_id,
        blocks_dosing=command.blocks_dosing,
        acknowledged_at=command.acknowledged_at,
    )
