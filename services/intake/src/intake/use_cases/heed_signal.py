"""Heed a sign of danger that another service has seen: raise a safety concern by policy."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake.data.policy import policy
from intake.domain.concern import Concern, Origin
from intake.store import clearances, concerns
from intake.use_cases.raise_concern import raise_concern
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class HeedSignal:
    """What was seen, as the other service names and grades it."""

    patient_id: UUID
    origin: Origin
    origin_id: UUID  # the other service's record
    code: str
    graded: str


async def heed_signal(command: HeedSignal, tx: Transaction) -> Concern | None:
    """Raise the concern that the policy asks for, once for each record; None where it asks for
    none. Raises PatientNotFound (404)."""
    signal = policy().signal(command.origin, command.code, command.graded)
    if signal is None:
        return None
    clearance = await clearances.lock(tx, command.patient_id)
    if await concerns.raised_by(tx, command.patient_id, command.origin_id):
        return None
    raised = Concern(
        id=uuid7(),
        patient_id=command.patient_id,
        assessment_id=None,
        trigger=f"{command.origin}_{command.code}"[:64],
        severity=signal.severity,
        release=signal.release,
        origin=command.origin,
        origin_id=command.origin_id,
        raised_at=tx.now,
    )
    await raise_concern(raised, tx)
    await reconsider_clearance(clearance, tx)
    return raised
