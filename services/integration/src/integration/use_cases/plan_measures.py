"""Something has happened from which rating scales fall due."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import timers
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration.data.following import measures as policy
from integration.domain.measure import Anchor, Measure, MeasureState
from integration.store import measures
from integration.store.care_plans import zone_of

DUE = "measure.due"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMeasures:
    """An anchor that the schedule counts from; the same one again at another time moves it all."""

    patient_id: UUID
    anchor: Anchor
    anchor_id: UUID
    at: datetime  # aware, UTC


async def plan_measures(command: PlanMeasures, tx: Transaction) -> None:
    """Keep what falls due and set its hours; what was planned from the same anchor is moved."""
    zone = await zone_of(tx, command.patient_id)
    known = {
        (one.instrument, one.occasion): one
        for one in await measures.of_anchor(tx, command.anchor_id)
    }
    for instrument, occasion, due_at in policy().due(command.anchor, command.at, zone):
        there = known.get((instrument, occasion))
        if there is None:
            kept = Measure(
                id=uuid7(),
                patient_id=command.patient_id,
                instrument=instrument,
                occasion=occasion,
                anchor_id=command.anchor_id,
                due_at=due_at,
            )
            measures.measures.add(tx, kept)
        elif there.state is MeasureState.OPEN and there.due_at != due_at:
            kept = there.move(due_at)
            measures.measures.save(tx, kept)
            await tx.flush()  # the next one may be moved too
        else:
            continue
        timers.schedule(tx, DUE, kept.id, due_at, patient_id=kept.patient_id)
