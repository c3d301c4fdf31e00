"""Look at what a prescription drug monitoring programme showed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import misuse
from dosing.domain.misuse import MisuseSignal, PdmpCheck
from dosing.use_cases.raise_signals import raise_signals


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPdmp:
    """What intake has recorded of a query."""

    check_id: UUID
    patient_id: UUID
    finding: str
    checked_at: datetime  # aware, UTC


async def watch_pdmp(command: WatchPdmp, tx: Transaction) -> list[MisuseSignal]:
    """Raise the signal of a concern that nobody is looking at yet. Returns it."""
    check = PdmpCheck(id=command.check_id, finding=command.finding, checked_at=command.checked_at)
    found = list(misuse.of_pdmp(check, data.misuse_policy()))
    return await raise_signals(command.patient_id, found, tx.now, tx)
