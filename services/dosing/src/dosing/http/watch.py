"""Adverse events, REMS, exposure and misuse signals over HTTP."""

from uuid import UUID

from kairos_chassis.http.documents import Document
from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site

from dosing.domain.care_errors import FormNotFound
from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.papers.rems_form import pdf_of_form
from dosing.http.schemas.watch import (
    AdverseEventBody,
    AdverseEventList,
    AdverseEventView,
    EnrolmentBody,
    EnrolmentView,
    ExposureView,
    FormBody,
    FormView,
    RemsView,
    SignalBody,
    SignalList,
    SignalReviewBody,
    SignalView,
    SubmissionBody,
    SubmissionView,
)
from dosing.store import adverse_events, exposures, rems, sessions, signals
from dosing.use_cases.enrol_in_rems import EnrolInRems, enrol_in_rems
from dosing.use_cases.fill_rems_form import FillRemsForm, fill_rems_form
from dosing.use_cases.raise_signal import RaiseSignal, raise_signal
from dosing.use_cases.record_adverse_event import RecordAdverseEvent, record_adverse_event
from dosing.use_cases.review_signal import ReviewSignal, review_signal
from dosing.use_cases.submit_rems_form import SubmitRemsForm, submit_rems_form

routes = Routes("watch")


@routes.post("/v1/sessions/{session_id}/adverse-events", policy=policies.RECORD_ADVERSE_EVENT)
async def post_adverse_event(
    call: DosingCall, session_id: UUID, body: AdverseEventBody
) -> AdverseEventView:
    """Record an adverse event, or what is known of it by now."""
    command = RecordAdverseEvent(
        session_id=session_id,
        seriousness=tuple(body.seriousness),
        **body.model_dump(exclude={"seriousness"}),
        by=call.caller,
    )
    async with call.transaction() as tx:
        return call.answer(AdverseEventView.of(await record_adverse_event(command, tx)))


@routes.get("/v1/sessions/{session_id}/adverse-events", policy=policies.READ_SESSION)
async def list_adverse_events(call: DosingCall, session_id: UUID) -> AdverseEventList:
    """A session's adverse events, each in its newest version."""
    async with call.transaction() as tx:
        admit_site(call.caller, (await sessions.find(tx, session_id)).site_id)
        found = await adverse_events.of_session(tx, session_id)
        return call.answer(AdverseEventList(items=[AdverseEventView.of(one) for one in found]))


@routes.post("/v1/rems/enrolments", policy=policies.ENROL_IN_REMS)
async def post_rems_enrolment(call: DosingCall, body: EnrolmentBody) -> EnrolmentView:
    """Record that a patient or a site joins the SPRAVATO REMS, or leaves it."""
    command = EnrolInRems(**body.model_dump(), by=call.caller)
    async with call.transaction() as tx:
        return call.answer(EnrolmentView.of(await enrol_in_rems(command, tx)))


@routes.post("/v1/sessions/{session_id}/rems-forms", policy=policies.FILL_REMS_FORM)
async def post_rems_form(call: DosingCall, session_id: UUID, body: FormBody) -> FormView:
    """Fill the monitoring form from the record."""
    command = FillRemsForm(session_id=session_id, attested=body.attested(), by=call.caller)
    async with call.transaction() as tx:
        return call.answer(FormView.of(await fill_rems_form(command, tx)))


@routes.get("/v1/sessions/{session_id}/rems-forms", policy=policies.READ_SESSION)
async def list_rems_forms(call: DosingCall, session_id: UUID) -> RemsView:
    """A session's form in all its versions, and whether it was sent."""
    async with call.transaction() as tx:
        admit_site(call.caller, (await sessions.find(tx, session_id)).site_id)
        sent = await rems.submission_of(tx, session_id)
        answer = RemsView(
            forms=[FormView.of(one) for one in await rems.forms_of(tx, session_id)],
            submission=None if sent is None else SubmissionView.of(sent),
        )
        return call.answer(answer)


@routes.document(
    "/v1/rems-forms/{form_id}/form.pdf", policy=policies.READ_SESSION, media_type="application/pdf"
)
async def get_rems_form(call: DosingCall, form_id: UUID) -> Document:
    """The form on paper, to be completed by hand and faxed."""
    async with call.transaction() as tx:
        form = await rems.form(tx, form_id)
        if form is None:
            raise FormNotFound
        admit_site(call.caller, (await sessions.find(tx, form.session_id)).site_id)
        return call.document(pdf_of_form(form), filename=f"rems-form-{form.version}.pdf")


@routes.post("/v1/rems-forms/{form_id}/submission", policy=policies.FILL_REMS_FORM)
async def post_rems_submission(
    call: DosingCall, form_id: UUID, body: SubmissionBody
) -> SubmissionView:
    """Record that a form was sent to the programme."""
    command = SubmitRemsForm(
        form_id=form_id, channel=body.channel, reference=body.reference, by=call.caller
    )
    async with call.transaction() as tx:
        return call.answer(SubmissionView.of(await submit_rems_form(command, tx)))


@routes.get("/v1/patients/{patient_id}/exposure", policy=policies.READ_EXPOSURE)
async def get_exposure(call: DosingCall, patient_id: UUID) -> ExposureView:
    """What a patient was given over time, in the whole network."""
    call.about(patient_id)
    async with call.transaction() as tx:
        history = await exposures.history(tx, patient_id)
        if not history.doses:
            await sessions.require_patient(tx, patient_id)
        return call.answer(ExposureView.of(patient_id, history))


@routes.post("/v1/misuse-signals", policy=policies.RAISE_SIGNAL)
async def post_misuse_signal(call: DosingCall, body: SignalBody) -> SignalView:
    """Raise a signal that somebody noticed; a person reviews it."""
    command = RaiseSignal(**body.model_dump(), by=call.caller)
    async with call.transaction() as tx:
        return call.answer(SignalView.of(await raise_signal(command, tx), None))


@routes.get("/v1/misuse-signals", policy=policies.REVIEW_SIGNAL)
async def list_misuse_signals(
    call: DosingCall, open_only: bool = True, patient_id: UUID | None = None
) -> SignalList:
    """Signals, the newest first."""
    async with call.transaction() as tx:
        found = await signals.page(tx, open_only=open_only, patient_id=patient_id)
        return call.answer(SignalList(items=[SignalView.of(*one) for one in found]))


@routes.post("/v1/misuse-signals/{signal_id}/review", policy=policies.REVIEW_SIGNAL)
async def post_misuse_review(
    call: DosingCall, signal_id: UUID, body: SignalReviewBody
) -> SignalView:
    """Review a signal."""
    command = ReviewSignal(
        signal_id=signal_id, outcome=body.outcome, note=body.note, by=call.caller
    )
    async with call.transaction() as tx:
        signal = await review_signal(command, tx)
        return call.answer(SignalView.of(signal, body.outcome.value))
