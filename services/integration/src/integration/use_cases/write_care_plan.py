"""Write a version of a patient's plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration.domain.care_plan import CarePlan, PlanKind
from integration.domain.errors import PlanChanged
from integration.domain.task import TaskKind, TaskState
from integration.store import care_plans
from integration.use_cases.settle_task import SettleTask, settle_task


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteCarePlan:
    """The whole plan as it shall hold; `number` is one more than the version it is written on."""

    patient_id: UUID
    kind: PlanKind
    number: int
    indication: str | None
    zone: str
    plan: Mapping[str, Any]
    author_id: UUID


async def write_care_plan(command: WriteCarePlan, tx: Transaction) -> CarePlan:
    """Keep the version; earlier ones stay. One for after-care is what a course's end asked for.

    Raises PlanChanged (409).
    """
    found = await care_plans.of_patient(tx, command.patient_id)
    newest = max([one.number for one in found if one.kind is command.kind], default=0)
    if command.number != newest + 1:
        raise PlanChanged
    written = CarePlan(
        id=uuid7(),
        patient_id=command.patient_id,
        kind=command.kind,
        number=command.number,
        indication=command.indication,
        zone=command.zone,
        plan=command.plan,
        author_id=command.author_id,
        made_at=tx.now,
    )
    care_plans.add(tx, written)
    if command.kind is PlanKind.AFTER_CARE:
        await _settle(command, tx)
    return written


async def _settle(command: WriteCarePlan, tx: Transaction) -> None:
    """What was asked for at the end of a course is there."""
    for ended in await care_plans.ends_of(tx, command.patient_id):
        asked = SettleTask(
            kind=TaskKind.WRITE_AFTER_CARE,
            subject_id=ended.id,
            state=TaskState.DONE,
            ended_by=command.author_id,
        )
        await settle_task(asked, tx)
