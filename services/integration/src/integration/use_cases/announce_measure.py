"""A rating scale is due, or was not filled in."""

from uuid import UUID

from kairos_chassis import outbox, timers
from kairos_chassis.db import Transaction

from integration import publish
from integration.data.following import measures as policy
from integration.domain.measure import MeasureState
from integration.domain.task import TaskKind
from integration.store.measures import measures
from integration.use_cases.open_task import OpenTask, open_task
from integration.use_cases.plan_measures import DUE


async def announce_measure(measure_id: UUID, tx: Transaction) -> None:
    """Announce what is due; announced before and still open, it is overdue and asked for.

    Raises MeasureNotFound (404).
    """
    found = await measures.lock(tx, measure_id)
    if found.state is not MeasureState.OPEN:
        return
    if found.announced_at is None:
        announced = found.announce(tx.now)
        measures.save(tx, announced)
        await outbox.append(tx, publish.measure_due(announced))
        again = max(found.due_at, tx.now) + policy().overdue_after
        timers.schedule(tx, DUE, measure_id, again, patient_id=found.patient_id)
        return
    await open_task(
        OpenTask(
            patient_id=found.patient_id,
            kind=TaskKind.MEASURE_OVERDUE,
            subject_id=found.id,
            role="therapist",
            due_at=tx.now + policy().overdue_after,
        ),
        tx,
    )
