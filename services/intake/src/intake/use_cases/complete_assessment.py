"""Complete an assessment: score it on the server, once."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from intake.data import instruments
from intake.domain.assessment import Assessment
from intake.store import assessments, clearances
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteAssessment:
    """Every item has been asked."""

    assessment_id: UUID
    version: int  # as the caller has read it


async def complete_assessment(command: CompleteAssessment, tx: Transaction) -> Assessment:
    """Score and close the assessment. A screener that contradicts a decision takes the clearance.

    Raises AssessmentNotFound (404), StaleVersion (412), AssessmentCompleted,
    AssessmentIncomplete (409).
    """
    # The lock that deciding takes too: a decision never rests on a screener half known.
    clearance = await clearances.lock(tx, await assessments.patient_of(tx, command.assessment_id))
    assessment = await assessments.lock(tx, command.assessment_id)
    if assessment.version != command.version:
        raise StaleVersion
    instrument = instruments.version_of(assessment.instrument, assessment.instrument_version)
    completed = assessment.complete(instrument, at=tx.now)
    assessments.save(tx, completed)
    await reconsider_clearance(clearance, tx)
    return completed
