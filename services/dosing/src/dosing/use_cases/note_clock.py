"""Note that a clock of the ledger has run out, for a person to look at."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing.domain.misuse import MisuseSignal
from dosing.store import signals


async def note_clock(subject_id: UUID, code: str, tx: Transaction) -> MisuseSignal:
    """Raise a diversion signal that names the discrepancy or transfer. It is reviewed like others.

    Whoever discovered it is not accused: the signal is about the clock.
    """
    signal = MisuseSignal(
        id=uuid7(),
        patient_id=None,
        staff_id=None,
        code=code,
        reasons={"subject_id": str(subject_id)},
        raised_by=None,
        raised_at=tx.now,
    )
    signals.add(tx, signal)
    return signal
