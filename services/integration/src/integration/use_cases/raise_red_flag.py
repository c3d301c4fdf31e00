"""A sign of danger was seen between the doses."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import outbox, timers
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration import publish
from integration.data import escalation, red_flags
from integration.domain.red_flag import FlagKind, FlagOrigin, RedFlag, Severity
from integration.domain.task import TaskKind
from integration.store import doses
from integration.store.red_flags import red_flags as rows
from integration.use_cases.open_task import OpenTask, open_task

RECHECK = "red_flag.recheck"


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseRedFlag:
    """What was seen, by whom, where."""

    patient_id: UUID
    kind: FlagKind
    severity: Severity
    origin: FlagOrigin
    raised_by: UUID | None


async def raise_red_flag(command: RaiseRedFlag, tx: Transaction) -> RedFlag:
    """Chart the sign, announce it and ask a clinician to act.

    A sign that the last dose may still explain is charted and looked at again when it no longer
    can; it is announced then, unless somebody has seen it gone.
    """
    given = await doses.of_patient(tx, command.patient_id)
    last = given[-1].administered_at if given else None
    stands_at = red_flags().stands_at(command.kind, last, tx.now)
    raised = RedFlag(
        id=uuid7(),
        patient_id=command.patient_id,
        kind=command.kind,
        severity=command.severity,
        origin=command.origin,
        raised_by=command.raised_by,
        raised_at=tx.now,
        announced_at=tx.now if stands_at <= tx.now else None,
    )
    rows.add(tx, raised)
    if raised.announced_at is None:
        timers.schedule(tx, RECHECK, raised.id, stands_at, patient_id=raised.patient_id)
    else:
        await outbox.append(tx, publish.red_flag_raised(raised))
    await _have_it_answered(raised, max(stands_at, tx.now + escalation().call_within), tx)
    return raised


async def _have_it_answered(raised: RedFlag, due_at: datetime, tx: Transaction) -> None:
    kind = TaskKind.RECHECK_SIGN if raised.announced_at is None else TaskKind.ANSWER_RED_FLAG
    asked = OpenTask(
        patient_id=raised.patient_id,
        kind=kind,
        subject_id=raised.id,
        role="prescriber",
        due_at=due_at,
    )
    await open_task(asked, tx)
