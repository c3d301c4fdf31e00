"""Answer an item through a link, with nobody beside the patient."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.domain.assessment import Assessment
from intake.domain.concern import Concern
from intake.domain.errors import InstrumentNotFound
from intake.store import links
from intake.use_cases.answer_item import AnswerItem, answer_item
from intake.use_cases.start_assessment import StartAssessment, start_assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerAlone:
    """One answer; the first to an instrument begins its assessment."""

    link_id: UUID
    instrument: str
    item: str
    value: int


async def answer_alone(
    command: AnswerAlone, tx: Transaction
) -> tuple[Assessment, tuple[Concern, ...]]:
    """Keep the answer; what it triggers is raised now, and the clinician on call is told at once.

    Raises LinkNotFound, InstrumentNotFound (404), AssessmentCompleted (409), UnknownItem,
    ValueNotOffered (422).
    """
    link = await links.lock(tx, command.link_id)
    if command.instrument not in link.instruments:
        raise InstrumentNotFound
    assessment_id = link.assessments.get(command.instrument)
    if assessment_id is None:
        begin = StartAssessment(patient_id=link.patient_id, instrument=command.instrument)
        assessment_id = (await start_assessment(begin, tx)).id
        links.save(tx, link.begun(command.instrument, assessment_id))
    answer = AnswerItem(
        assessment_id=assessment_id,
        item=command.item,
        value=command.value,
        answered_by=link.patient_id,
        unattended=True,
    )
    return await answer_item(answer, tx)
