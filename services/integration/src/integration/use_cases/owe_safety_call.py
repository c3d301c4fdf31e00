"""Somebody has to call a patient after a session."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import timers
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration.domain.safety_call import SafetyCall
from integration.store import safety_calls

DUE = "safety_call.due"


@dataclass(frozen=True, slots=True, kw_only=True)
class OweSafetyCall:
    """A call, owed after a first dose or because dosing asks for one."""

    patient_id: UUID
    session_id: UUID
    occasion: str
    due_at: datetime  # aware, UTC


async def owe_safety_call(command: OweSafetyCall, tx: Transaction) -> UUID:
    """Keep the call and the hour it is due. On one occasion there is one call. Returns its id."""
    earlier = await safety_calls.of_occasion(tx, command.session_id, command.occasion)
    if earlier is not None:
        return earlier.id
    owed = SafetyCall(
        id=uuid7(),
        patient_id=command.patient_id,
        session_id=command.session_id,
        occasion=command.occasion,
        due_at=command.due_at,
    )
    safety_calls.safety_calls.add(tx, owed)
    timers.schedule(tx, DUE, owed.id, owed.due_at, patient_id=owed.patient_id)
    return owed.id
