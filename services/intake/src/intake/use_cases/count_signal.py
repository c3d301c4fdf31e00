"""Count what another service has told, as a fact that the rules read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.domain.facts import Source
from intake.store import clearances, facts
from intake.use_cases.record_facts import NewFact, RecordFacts, record_facts

NOBODY: Final = UUID(int=0)
"""Who has recorded what no person told intake: another service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountSignal:
    """A count that changes. `count` sets it; None adds one to what it is."""

    patient_id: UUID
    fact: str
    occurred_at: datetime  # aware, UTC
    count: int | None = None


async def count_signal(command: CountSignal, tx: Transaction) -> None:
    """Record the count; a decision it contradicts is reopened. Raises PatientNotFound (404)."""
    await clearances.lock(tx, command.patient_id)
    known = (await facts.current(tx, [command.patient_id], tx.now)).get(command.fact)
    before = known.value if known is not None and isinstance(known.value, int) else 0
    count = before + 1 if command.count is None else command.count
    if count == before:
        return
    told = NewFact(
        name=command.fact,
        value=count,
        occurred_at=min(command.occurred_at, tx.now),
        source=Source.PARTNER,
    )
    await record_facts(
        RecordFacts(patient_id=command.patient_id, facts=[told], recorded_by=NOBODY), tx
    )
