"""Instruments and assessments over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from intake.data import instruments
from intake.domain.assessment import Assessment
from intake.domain.instrument import Instrument
from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.schemas.assessments import (
    AnswerBody,
    Answered,
    AssessmentView,
    InstrumentView,
    StartAssessmentBody,
)
from intake.store import assessments
from intake.use_cases.answer_item import AnswerItem, answer_item
from intake.use_cases.complete_assessment import CompleteAssessment, complete_assessment
from intake.use_cases.start_assessment import StartAssessment, start_assessment

routes = Routes("assessments")


@routes.get("/v1/instruments/{code}", policy=policies.READ_INSTRUMENT)
async def get_instrument(call: IntakeCall, code: str) -> InstrumentView:
    """The newest version of an instrument."""
    async with call.transaction():
        return call.answer(InstrumentView.of(instruments.current(code)))


@routes.post("/v1/patients/{patient_id}/assessments", policy=policies.RECORD_ASSESSMENT)
async def post_assessment(
    call: IntakeCall, patient_id: UUID, body: StartAssessmentBody
) -> AssessmentView:
    """Start an assessment."""
    command = StartAssessment(patient_id=patient_id, instrument=body.instrument)
    async with call.transaction() as tx:
        started = await start_assessment(command, tx)
        return _answer(call, started, location=f"/v1/assessments/{started.id}")


@routes.get("/v1/assessments/{assessment_id}", policy=policies.READ_ASSESSMENT)
async def get_assessment(call: IntakeCall, assessment_id: UUID) -> AssessmentView:
    """An assessment with its answers so far, to be resumed or read."""
    async with call.transaction() as tx:
        return _answer(call, await assessments.find(tx, assessment_id))


@routes.post("/v1/assessments/{assessment_id}/answers", policy=policies.RECORD_ASSESSMENT)
async def post_answer(call: IntakeCall, assessment_id: UUID, body: AnswerBody) -> Answered:
    """Answer one item; a later answer to the same item replaces it."""
    command = AnswerItem(
        assessment_id=assessment_id,
        item=body.item,
        value=body.value,
        answered_by=call.caller.subject,
    )
    async with call.transaction() as tx:
        answered, raised = await answer_item(command, tx)
        view = Answered.of(answered, _instrument(answered), body.item, raised)
        return call.answer(view, version=answered.version)


@routes.post(
    "/v1/assessments/{assessment_id}/completion",
    policy=policies.RECORD_ASSESSMENT,
    status=200,
    if_match=True,
)
async def post_completion(call: IntakeCall, assessment_id: UUID) -> AssessmentView:
    """Complete an assessment: it is scored on the server."""
    command = CompleteAssessment(assessment_id=assessment_id, version=call.if_match)
    async with call.transaction() as tx:
        return _answer(call, await complete_assessment(command, tx))


def _answer(
    call: IntakeCall, assessment: Assessment, location: str | None = None
) -> AssessmentView:
    view = AssessmentView.of(assessment, _instrument(assessment))
    return call.answer(view, version=assessment.version, location=location)


def _instrument(assessment: Assessment) -> Instrument:
    return instruments.version_of(assessment.instrument, assessment.instrument_version)
