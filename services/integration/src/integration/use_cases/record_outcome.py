"""Intake has scored a completed assessment."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration import publish
from integration.data import escalation
from integration.data.following import measures as schedule
from integration.data.following import outcomes
from integration.domain.measure import met_by
from integration.domain.outcome import Outcome, change_percent, classify, index_of
from integration.domain.task import TaskKind, TaskState
from integration.store import doses, measures
from integration.store import outcomes as rows
from integration.use_cases.open_task import OpenTask, open_task
from integration.use_cases.settle_task import SettleTask, settle_task


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOutcome:
    """A scale was completed; `score` is None where it has no total."""

    patient_id: UUID
    assessment_id: UUID
    instrument: str
    score: Decimal | None
    recall_overlaps_dose: bool
    completed_at: datetime  # aware, UTC


async def record_outcome(command: RecordOutcome, tx: Transaction) -> None:
    """Meet what was due, compare the score with the baseline, and announce what it amounts to.

    A repeat changes nothing.
    """
    before = await rows.of_patient(tx, command.patient_id)
    if any(one.assessment_id == command.assessment_id for one in before):
        return
    await _meet(command, tx)
    if command.score is None or command.instrument not in outcomes().scales:
        return
    same = [one for one in before if one.instrument == command.instrument]
    given = await doses.of_patient(tx, command.patient_id)
    first_dose_at = given[0].administered_at if given else None
    found = _compare(command, command.score, same, first_dose_at)
    rows.outcomes.add(tx, found)
    await outbox.append(tx, publish.outcome_recorded(found, at=tx.now))
    if {"deterioration", "relapse"} & set(found.classes):
        asked = OpenTask(
            patient_id=found.patient_id,
            kind=TaskKind.REVIEW_OUTCOME,
            subject_id=found.id,
            role="prescriber",
            due_at=tx.now + escalation().call_within,
        )
        await open_task(asked, tx)


def _compare(
    command: RecordOutcome, score: Decimal, same: list[Outcome], first_dose_at: datetime | None
) -> Outcome:
    """Against the last score before the first dose; without one, against the first score."""
    earlier = [one for one in same if one.completed_at <= command.completed_at]
    untreated = [o for o in earlier if first_dose_at is None or o.completed_at <= first_dose_at]
    treated = first_dose_at is not None and command.completed_at > first_dose_at
    baseline = (untreated or earlier[:1])[-1] if earlier and treated else None
    policy = outcomes()
    scale = policy.scales[command.instrument]
    classes: tuple[str, ...] = ("baseline",)
    if baseline is not None:
        later = [one for one in earlier if one.completed_at > baseline.completed_at]
        classes = classify(scale, baseline.score, later, score, policy.reliable_at)
    return Outcome(
        id=uuid7(),
        patient_id=command.patient_id,
        assessment_id=command.assessment_id,
        baseline_assessment_id=None if baseline is None else baseline.assessment_id,
        instrument=command.instrument,
        score=score,
        change_percent=None if baseline is None else change_percent(baseline.score, score),
        reliable_change=None if baseline is None else index_of(scale, baseline.score, score),
        classes=classes,
        recall_overlaps_dose=command.recall_overlaps_dose,
        completed_at=command.completed_at,
        policy_version=policy.version,
    )


async def _meet(command: RecordOutcome, tx: Transaction) -> None:
    open_ones = await measures.lock_open(tx, command.patient_id)
    early = schedule().early
    for one in met_by(open_ones, command.instrument, command.completed_at, early):
        measures.measures.save(tx, one.meet(command.assessment_id))
        await tx.flush()  # the next one may be met too
        await settle_task(
            SettleTask(kind=TaskKind.MEASURE_OVERDUE, subject_id=one.id, state=TaskState.DONE),
            tx,
        )
