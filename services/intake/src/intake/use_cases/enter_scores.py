"""Enter the totals of an instrument that the clinic has filled in on its own licensed form."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake import publish
from intake.data import instruments
from intake.domain.assessment import Assessment, overlaps
from intake.domain.concern import Concern
from intake.domain.triggering import concerns_of
from intake.store import assessments, clearances, doses, patients
from intake.use_cases.raise_concern import raise_concern
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterScores:
    """Totals by score code, and the answers to the items about safety."""

    patient_id: UUID
    instrument: str
    scores: Mapping[str, Decimal]
    items: Mapping[str, int]  # those that trigger, as answered on the form
    entered_by: UUID


async def enter_scores(
    command: EnterScores, tx: Transaction
) -> tuple[Assessment, tuple[Concern, ...]]:
    """Keep the totals as a completed assessment, raise what its safety items trigger, tell both.

    Raises PatientNotFound, InstrumentNotFound (404), ScoresNotTaken, ScoresDoNotFit, UnknownItem,
    ValueNotOffered, SafetyItemsMissing (422).
    """
    clearance = await clearances.lock(tx, command.patient_id)
    instrument = instruments.current(command.instrument)
    instrument.check_safety_items(command.items)
    sex = (await patients.find(tx, command.patient_id)).sex_at_birth
    last_dose_at, _ = await doses.last(tx, [command.patient_id])
    entered = Assessment(
        id=uuid7(),
        patient_id=command.patient_id,
        instrument=instrument.code,
        instrument_version=instrument.version,
        started_at=tx.now,
        answers=command.items,
        completed_at=tx.now,
        result=instrument.entered_result(command.scores, sex),
        recall_overlaps_dose=overlaps(last_dose_at, tx.now, instrument.recall_window_days),
        entered=True,
    )
    assessments.add(tx, entered)
    for item in command.items:
        assessments.keep_answer(tx, entered, item, by=command.entered_by)
    raised = concerns_of(entered, instrument, uuid7, at=tx.now)
    for concern in raised:
        await raise_concern(concern, tx)
    await outbox.append(tx, publish.assessment_completed(entered, instrument))
    await reconsider_clearance(clearance, tx)
    return entered, raised
