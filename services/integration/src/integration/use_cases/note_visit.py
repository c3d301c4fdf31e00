"""Scheduling has told of a visit: booked, moved, or come to an end."""

from kairos_chassis.db import Transaction

from integration.data import escalation
from integration.data.following import measures
from integration.domain.task import TaskKind, TaskState
from integration.domain.visit import Visit, VisitState
from integration.store import episodes
from integration.use_cases.cancel_measures import cancel_measures
from integration.use_cases.keep_visit import keep_visit
from integration.use_cases.note_missed_integration import note_missed_integration
from integration.use_cases.open_task import OpenTask, open_task
from integration.use_cases.plan_measures import PlanMeasures, plan_measures
from integration.use_cases.settle_task import SettleTask, settle_task


async def note_visit(visit: Visit, tx: Transaction) -> None:
    """Keep the newest news of the visit, and act where it is the integration that is owed."""
    await keep_visit(visit, tx)
    await _measure(visit, tx)
    if visit.visit_type not in escalation().integration_visit_types:
        return
    owed = await episodes.latest_open(tx, visit.patient_id, visit.starts_at)
    if owed is None:
        return
    if visit.state is VisitState.PLANNED:
        booked = SettleTask(
            kind=TaskKind.BOOK_INTEGRATION, subject_id=owed.id, state=TaskState.DONE
        )
        await settle_task(booked, tx)
    elif visit.state is VisitState.MISSED and owed.misses > 0:
        await note_missed_integration(owed.id, tx)  # the second chance, missed as well
    elif visit.state is VisitState.MISSED:
        await _call(visit, tx)


async def _measure(visit: Visit, tx: Transaction) -> None:
    """What is asked at such a visit is due when it is, and not when it is not."""
    if visit.state is not VisitState.PLANNED:
        await cancel_measures(visit.id, tx)
        return
    for anchor in measures().anchors_of(visit.visit_type):
        planned = PlanMeasures(
            patient_id=visit.patient_id,
            anchor=anchor,
            anchor_id=visit.id,
            at=visit.starts_at,
        )
        await plan_measures(planned, tx)


async def _call(visit: Visit, tx: Transaction) -> None:
    """There is still time before the deadline: somebody calls the same day."""
    await open_task(
        OpenTask(
            patient_id=visit.patient_id,
            kind=TaskKind.CALL_MISSED_VISIT,
            subject_id=visit.id,
            role="therapist",
            due_at=tx.now + escalation().call_within,
        ),
        tx,
    )
