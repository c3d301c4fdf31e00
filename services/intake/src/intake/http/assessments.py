"""Instruments and assessments over HTTP."""

from decimal import Decimal
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
    AssessmentList,
    AssessmentView,
    Entered,
    InstrumentList,
    InstrumentView,
    ScoresBody,
    StartAssessmentBody,
)
from intake.store import assessments, clearances
from intake.use_cases.answer_item import AnswerItem, answer_item
from intake.use_cases.complete_assessment import CompleteAssessment, complete_assessment
from intake.use_cases.enter_scores import EnterScores, enter_scores
from intake.use_cases.rescore_assessment import RescoreAssessment, rescore_assessment
from intake.use_cases.start_assessment import StartAssessment, start_assessment

routes = Routes("assessments")


@routes.get("/v1/instruments", policy=policies.READ_INSTRUMENT)
async def list_instruments(call: IntakeCall) -> InstrumentList:
    """The newest version of every instrument."""
    async with call.transaction():
        return call.answer(
            InstrumentList(items=[InstrumentView.of(one) for one in instruments.newest()])
        )


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


@routes.get("/v1/patients/{patient_id}/assessments", policy=policies.READ_ASSESSMENT)
async def list_assessments(call: IntakeCall, patient_id: UUID) -> AssessmentList:
    """All assessments of a patient, by when they were started."""
    async with call.transaction() as tx:
        await clearances.find(tx, patient_id)
        found = await assessments.of_patient(tx, patient_id)
        return call.answer(
            AssessmentList(items=[AssessmentView.of(one, _instrument(one)) for one in found])
        )


@routes.post("/v1/patients/{patient_id}/scores", policy=policies.RECORD_ASSESSMENT)
async def post_scores(call: IntakeCall, patient_id: UUID, body: ScoresBody) -> Entered:
    """Enter the totals of an instrument filled in on the clinic's own licensed form."""
    command = EnterScores(
        patient_id=patient_id,
        instrument=body.instrument,
        scores={code: Decimal(text) for code, text in body.scores.items()},
        items=body.items,
        entered_by=call.caller.subject,
    )
    async with call.transaction() as tx:
        entered, raised = await enter_scores(command, tx)
        view = Entered(
            assessment=AssessmentView.of(entered, _instrument(entered)),
            concerns=[concern.id for concern in raised],
        )
        return call.answer(view, location=f"/v1/assessments/{entered.id}")


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


@routes.post(
    "/v1/assessments/{assessment_id}/prorated-completion",
    policy=policies.RECORD_ASSESSMENT,
    status=200,
    if_match=True,
)
async def post_prorated_completion(call: IntakeCall, assessment_id: UUID) -> AssessmentView:
    """Complete an assessment with a few items missing, by the instrument's rule, and flagged."""
    command = CompleteAssessment(assessment_id=assessment_id, version=call.if_match, prorate=True)
    async with call.transaction() as tx:
        return _answer(call, await complete_assessment(command, tx))


@routes.post("/v1/assessments/{assessment_id}/rescoring", policy=policies.RECORD_ASSESSMENT)
async def post_rescoring(call: IntakeCall, assessment_id: UUID) -> AssessmentView:
    """Score the same answers by the instrument's newest version, as a record of its own."""
    command = RescoreAssessment(assessment_id=assessment_id, rescored_by=call.caller.subject)
    async with call.transaction() as tx:
        rescored = await rescore_assessment(command, tx)
        return _answer(call, rescored, location=f"/v1/assessments/{rescored.id}")


def _answer(
    call: IntakeCall, assessment: Assessment, location: str | None = None
) -> AssessmentView:
    view = AssessmentView.of(assessment, _instrument(assessment))
    return call.answer(view, version=assessment.version, location=location)


def _instrument(assessment: Assessment) -> Instrument:
    return instruments.version_of(assessment.instrument, assessment.instrument_version)
