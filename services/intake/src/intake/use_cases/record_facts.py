"""Record clinical facts about a patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake import publish
from intake.data.facts import fact_catalogue
from intake.domain.facts import Fact, Source, Value
from intake.store import clearances, facts
from intake.use_cases.reconsider_clearance import reconsider_clearance

PDMP_FINDING: Final = "pdmp_finding"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFact:
    """One statement; a value of None says that it is unknown."""

    name: str
    value: Value
    occurred_at: datetime  # aware, UTC
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFacts:
    """What somebody has found out, all of it or nothing."""

    patient_id: UUID
    facts: Sequence[NewFact]
    recorded_by: UUID


async def record_facts(command: RecordFacts, tx: Transaction) -> list[Fact]:
    """Keep the facts; earlier ones stay as they were. What a PDMP showed is announced.

    A fact that contradicts a decision takes the clearance away in the same transaction.
    Raises PatientNotFound (404), UnknownFact, UnfitFact, FactFromTheFuture (422).
    """
    # The lock that deciding takes too: a decision never rests on facts half known.
    clearance = await clearances.lock(tx, command.patient_id)
    recorded = []
    for new in command.facts:
        fact = Fact(
            id=uuid7(),
            patient_id=command.patient_id,
            name=new.name,
            value=new.value,
            occurred_at=new.occurred_at,
            recorded_at=tx.now,
            recorded_by=command.recorded_by,
            source=new.source,
        )
        fact_catalogue().check(fact)
        facts.add(tx, fact)
        recorded.append(fact)
        if fact.name == PDMP_FINDING and fact.value is not None:
            await outbox.append(tx, publish.pdmp_checked(fact))
    await reconsider_clearance(clearance, tx)
    return recorded
