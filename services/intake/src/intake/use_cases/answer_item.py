"""Store the answer to one item, and raise what it triggers, in one transaction."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake.data import instruments
from intake.domain.assessment import Assessment
from intake.domain.concern import Concern
from intake.domain.instrument import Trigger
from intake.store import assessments, clearances, concerns
from intake.use_cases.raise_concern import raise_concern
from intake.use_cases.reconsider_clearance import reconsider_clearance
from intake.use_cases.start_assessment import StartAssessment, start_assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerItem:
    """What the patient answers; a later answer to the same item replaces it."""

    assessment_id: UUID
    item: str
    value: int
    answered_by: UUID  # who recorded it
    unattended: bool = False  # by the patient alone, through a link


async def answer_item(
    command: AnswerItem, tx: Transaction
) -> tuple[Assessment, tuple[Concern, ...]]:
    """Keep the answer and raise its safety concerns, all or nothing; never wait for completion.

    What a trigger asks to go on with is begun, so that it waits for whoever takes the concern up.
    Raises AssessmentNotFound (404), AssessmentCompleted (409), UnknownItem, ValueNotOffered (422).
    """
    patient_id = await assessments.patient_of(tx, command.assessment_id)
    clearance = await clearances.lock(tx, patient_id)
    assessment = await assessments.lock(tx, command.assessment_id)
    instrument = instruments.version_of(assessment.instrument, assessment.instrument_version)
    answered = assessment.answer(command.item, command.value, instrument)
    open_already = await concerns.blocking(tx, patient_id)
    assessments.add_answer(tx, answered, command.item, by=command.answered_by)
    if assessment.answers.get(command.item) == command.value:
        return answered, ()  # the same answer again says nothing new
    triggered = [
        trigger
        for trigger in instrument.triggered_by(command.item, command.value)
        if (answered.id, trigger.code) not in open_already
    ]
    raised = tuple(_raised(answered, trigger, command, tx) for trigger in triggered)
    for concern in raised:
        await raise_concern(concern, tx)
    for asked in {trigger.asks for trigger in triggered if trigger.asks is not None}:
        if not await assessments.is_open(tx, patient_id, asked):
            await start_assessment(StartAssessment(patient_id=patient_id, instrument=asked), tx)
    if raised:
        await reconsider_clearance(clearance, tx)
    return answered, raised


def _raised(
    assessment: Assessment, trigger: Trigger, command: AnswerItem, tx: Transaction
) -> Concern:
    return Concern(
        id=uuid7(),
        patient_id=assessment.patient_id,
        assessment_id=assessment.id,
        trigger=trigger.code,
        severity=trigger.severity,
        release=trigger.release,
        unattended=command.unattended,
        raised_at=tx.now,
    )
