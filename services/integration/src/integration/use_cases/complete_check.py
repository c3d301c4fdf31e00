"""A check that no rating scale meets has been done and charted."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from integration.data.following import measures as schedule
from integration.domain.measure import Measure
from integration.domain.task import TaskKind, TaskState
from integration.store.measures import measures
from integration.use_cases.settle_task import SettleTask, settle_task


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteCheck:
    """What was found stands in intake, in that entry of the chart."""

    measure_id: UUID
    charted_in: UUID
    done_by: UUID
    version: int  # as the caller has read it


async def complete_check(command: CompleteCheck, tx: Transaction) -> Measure:
    """Note the check as done, and ask nobody for it any more.

    Raises MeasureNotFound (404), StaleVersion (412), MetByScale, CheckTooEarly, MeasureEnded (409).
    """
    found = await measures.seen(tx, command.measure_id, command.version)
    schedule().check_done(found, tx.now)
    done = found.done(command.charted_in)
    measures.save(tx, done)
    asked = SettleTask(
        kind=TaskKind.MEASURE_OVERDUE,
        subject_id=done.id,
        state=TaskState.DONE,
        ended_by=command.done_by,
    )
    await settle_task(asked, tx)
    return done
