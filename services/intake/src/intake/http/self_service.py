"""Self-service links: staff open them, patients fill in questionnaires through them."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from intake.data import instruments
from intake.data.policy import policy
from intake.domain.assessment import Assessment
from intake.domain.instrument import Instrument
from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.schemas.self_service import (
    AloneAnswerBody,
    AnsweredAlone,
    CompletedAlone,
    LinkBody,
    LinkList,
    LinkView,
    OpenedLink,
    Questionnaire,
    SelfServiceView,
)
from intake.store import assessments, links, patients
from intake.use_cases.answer_alone import AnswerAlone, answer_alone
from intake.use_cases.complete_alone import CompleteAlone, complete_alone
from intake.use_cases.end_link import EndLink, end_link
from intake.use_cases.open_link import OpenLink, open_link

routes = Routes("self-service")


@routes.post("/v1/patients/{patient_id}/self-service-links", policy=policies.RECORD_ASSESSMENT)
async def post_link(call: IntakeCall, patient_id: UUID, body: LinkBody) -> OpenedLink:
    """Open a link for a patient. Its token is told this once and kept nowhere."""
    command = OpenLink(
        patient_id=patient_id,
        instruments=body.instruments,
        valid_hours=body.valid_hours,
        opened_by=call.caller.subject,
    )
    async with call.transaction() as tx:
        link, token = await open_link(command, tx)
        return call.answer(OpenedLink(link=LinkView.of(link), token=token))


@routes.get("/v1/patients/{patient_id}/self-service-links", policy=policies.READ_ASSESSMENT)
async def list_links(call: IntakeCall, patient_id: UUID) -> LinkList:
    """All links of a patient, without their tokens."""
    async with call.transaction() as tx:
        await patients.find(tx, patient_id)
        found = await links.of_patient(tx, patient_id)
        return call.answer(LinkList(items=[LinkView.of(one) for one in found]))


@routes.post("/v1/self-service-links/{link_id}/end", policy=policies.RECORD_ASSESSMENT, status=200)
async def post_link_end(call: IntakeCall, link_id: UUID) -> LinkView:
    """End a link: it opens nothing from now on."""
    async with call.transaction() as tx:
        return call.answer(LinkView.of(await end_link(EndLink(link_id=link_id), tx)))


@routes.get("/v1/self-service", policy=policies.ANSWER_ALONE)
async def get_self_service(call: IntakeCall) -> SelfServiceView:
    """What the link opens, in the patient's language, as far as it was filled in."""
    async with call.transaction() as tx:
        link = await links.find(tx, call.caller.subject)
        patient = await patients.find(tx, link.patient_id)
        shown = []
        for code in link.instruments:
            begun = None
            if code in link.assessments:
                begun = await assessments.find(tx, link.assessments[code])
            instrument = instruments.current(code) if begun is None else _asked(begun)
            shown.append(Questionnaire.of(instrument, begun, patient.preferred_language))
        return call.answer(SelfServiceView.of(link, patient, shown))


@routes.post("/v1/self-service/{instrument}/answers", policy=policies.ANSWER_ALONE)
async def post_alone_answer(
    call: IntakeCall, instrument: str, body: AloneAnswerBody
) -> AnsweredAlone:
    """Answer one item. Where the answer raises a concern, show what `crisis` says at once."""
    command = AnswerAlone(
        link_id=call.caller.subject, instrument=instrument, item=body.item, value=body.value
    )
    async with call.transaction() as tx:
        answered, raised = await answer_alone(command, tx)
        language = (await patients.find(tx, answered.patient_id)).preferred_language
        texts = policy().crisis_text
        words = texts.get(language.split("-")[0], texts["en"])
        return call.answer(
            AnsweredAlone(
                instrument=instrument,
                item=body.item,
                missing=list(_asked(answered).missing(answered.answers)),
                crisis=words if raised else None,
            )
        )


@routes.post("/v1/self-service/{instrument}/completion", policy=policies.ANSWER_ALONE, status=200)
async def post_alone_completion(call: IntakeCall, instrument: str) -> CompletedAlone:
    """Complete a questionnaire; with the last one the link ends."""
    command = CompleteAlone(link_id=call.caller.subject, instrument=instrument)
    async with call.transaction() as tx:
        completed = await complete_alone(command, tx)
        assert completed.completed_at is not None
        return call.answer(
            CompletedAlone(instrument=instrument, completed_at=completed.completed_at)
        )


def _asked(assessment: Assessment) -> Instrument:
    return instruments.version_of(assessment.instrument, assessment.instrument_version)
