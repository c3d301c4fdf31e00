"""Raise a signal that somebody noticed: urinary symptoms, early refills, odd handling of drug."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing import publish
from dosing.domain.care_errors import SubjectUnclear
from dosing.domain.misuse import MisuseSignal
from dosing.store import signals


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseSignal:
    """About a patient or about a member of staff, not both."""

    patient_id: UUID | None
    staff_id: UUID | None
    code: str
    note: str
    by: Caller


async def raise_signal(command: RaiseSignal, tx: Transaction) -> MisuseSignal:
    """Keep it; one about a patient is announced. Raises SubjectUnclear (422)."""
    if (command.patient_id is None) is (command.staff_id is None):
        raise SubjectUnclear
    signal = MisuseSignal(
        id=uuid7(),
        patient_id=command.patient_id,
        staff_id=command.staff_id,
        code=command.code,
        reasons={"note": command.note},
        raised_by=command.by.subject,
        raised_at=tx.now,
    )
    signals.add(tx, signal)
    if command.patient_id is not None:
        await outbox.append(tx, publish.misuse_signal_raised(signal))
    return signal
