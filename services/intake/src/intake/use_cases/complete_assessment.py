"""Complete an assessment: score it on the server, once."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from intake import publish
from intake.data import instruments
from intake.domain.assessment import Assessment
from intake.store import assessments, clearances, doses, patients
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteAssessment:
    """Every item has been asked."""

    assessment_id: UUID
    version: int  # as the caller has read it
    prorate: bool = False  # make up for a few missing items by the instrument's rule, flagged


async def complete_assessment(command: CompleteAssessment, tx: Transaction) -> Assessment:
    """Score, close and announce it. What contradicts a decision takes the clearance with it.

    Raises AssessmentNotFound (404), StaleVersion (412), AssessmentCompleted,
    AssessmentIncomplete, ProratingNotOffered (409).
    """
    # The lock that deciding takes too: a decision never rests on a screener half known.
    patient_id = await assessments.patient_of(tx, command.assessment_id)
    clearance = await clearances.lock(tx, patient_id)
    assessment = await assessments.lock(tx, command.assessment_id)
    if assessment.version != command.version:
        raise StaleVersion
    instrument = instruments.version_of(assessment.instrument, assessment.instrument_version)
    sex = (await patients.find(tx, patient_id)).sex_at_birth
    last_dose_at, _ = await doses.last(tx, [patient_id])
    score = instrument.prorated_result if command.prorate else instrument.result
    completed = assessment.complete(
        score(assessment.answers, sex),
        at=tx.now,
        last_dose_at=last_dose_at,
        recall_window_days=instrument.recall_window_days,
    )
    assessments.save(tx, completed)
    await outbox.append(tx, publish.assessment_completed(completed, instrument))
    await reconsider_clearance(clearance, tx)
    return completed
