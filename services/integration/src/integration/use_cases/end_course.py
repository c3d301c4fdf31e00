"""A course of treatment is over."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration.data import escalation
from integration.domain.care_plan import CourseEnd, PlanKind
from integration.domain.measure import Anchor
from integration.domain.task import TaskKind
from integration.store import care_plans
from integration.use_cases.open_task import OpenTask, open_task
from integration.use_cases.plan_measures import PlanMeasures, plan_measures


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCourse:
    """The last session of the series has been."""

    patient_id: UUID
    ended_at: datetime  # aware, UTC
    noted_by: UUID


async def end_course(command: EndCourse, tx: Transaction) -> UUID:
    """Note the end and plan what is measured after it; ask for an after-care plan if there is none.

    Returns the id of the course's end.
    """
    ended = CourseEnd(
        id=uuid7(),
        patient_id=command.patient_id,
        ended_at=command.ended_at,
        noted_by=command.noted_by,
        noted_at=tx.now,
    )
    care_plans.ends.add(tx, ended)
    planned = PlanMeasures(
        patient_id=command.patient_id,
        anchor=Anchor.COURSE_END,
        anchor_id=ended.id,
        at=command.ended_at,
    )
    await plan_measures(planned, tx)
    await _have_after_care_planned(ended, tx)
    return ended.id


async def _have_after_care_planned(ended: CourseEnd, tx: Transaction) -> None:
    plans = await care_plans.of_patient(tx, ended.patient_id)
    if any(plan.kind is PlanKind.AFTER_CARE for plan in plans):
        return
    asked = OpenTask(
        patient_id=ended.patient_id,
        kind=TaskKind.WRITE_AFTER_CARE,
        subject_id=ended.id,
        role="therapist",
        due_at=tx.now + escalation().after_care_within,
    )
    await open_task(asked, tx)
