"""Complete a questionnaire through a link; with the last one the link ends."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.domain.assessment import Assessment
from intake.domain.errors import AssessmentNotFound
from intake.store import assessments, links
from intake.use_cases.complete_assessment import CompleteAssessment, complete_assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteAlone:
    """Every item was answered."""

    link_id: UUID
    instrument: str


async def complete_alone(command: CompleteAlone, tx: Transaction) -> Assessment:
    """Score it, and end the link if nothing is left to fill in.

    Raises LinkNotFound, AssessmentNotFound (404), AssessmentCompleted, AssessmentIncomplete (409).
    """
    link = await links.lock(tx, command.link_id)
    if command.instrument not in link.assessments:
        raise AssessmentNotFound
    begun = await assessments.find(tx, link.assessments[command.instrument])
    completed = await complete_assessment(
        CompleteAssessment(assessment_id=begun.id, version=begun.version), tx
    )
    left = [name for name in link.instruments if name != command.instrument]
    states = [
        name in link.assessments
        and (await assessments.find(tx, link.assessments[name])).completed_at is not None
        for name in left
    ]
    if all(states):
        links.save(tx, link.end(tx.now))
    return completed
