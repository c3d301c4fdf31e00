"""Score the answers of a completed assessment anew, by the instrument's newest version."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake import publish
from intake.data import instruments
from intake.domain.assessment import Assessment
from intake.store import assessments, clearances, patients
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class RescoreAssessment:
    """A newer version of the instrument scores otherwise."""

    assessment_id: UUID
    rescored_by: UUID


async def rescore_assessment(command: RescoreAssessment, tx: Transaction) -> Assessment:
    """Keep the new score as a record of its own; the earlier one stays as it was.

    Raises AssessmentNotFound (404), AssessmentNotCompleted, AssessmentUnanswered (409),
    UnknownItem, ValueNotOffered (422).
    """
    patient_id = await assessments.patient_of(tx, command.assessment_id)
    clearance = await clearances.lock(tx, patient_id)
    earlier = await assessments.find(tx, command.assessment_id)
    instrument = instruments.current(earlier.instrument)
    sex = (await patients.find(tx, patient_id)).sex_at_birth
    rescored = earlier.rescored(uuid7(), instrument, sex, tx.now)
    assessments.add(tx, rescored)
    for item in rescored.answers:
        assessments.keep_answer(tx, rescored, item, by=command.rescored_by)
    await outbox.append(tx, publish.assessment_completed(rescored, instrument))
    await reconsider_clearance(clearance, tx)
    return rescored
