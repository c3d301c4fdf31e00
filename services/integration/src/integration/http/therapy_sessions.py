"""Therapy sessions over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from integration.data import therapy
from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.session_schemas import (
    TherapySessionBody,
    TherapySessionRecorded,
    TherapySessions,
    TherapySessionView,
)
from integration.http.therapy_schemas import AddendumBody, AddendumView, Kept
from integration.http.views import view
from integration.store import doses, therapy_sessions
from integration.use_cases.add_addendum import AddAddendum, add_addendum
from integration.use_cases.cosign_session import CosignSession, cosign_session
from integration.use_cases.record_therapy_session import (
    RecordTherapySession,
    record_therapy_session,
)

routes = Routes("therapy sessions")


@routes.post("/v1/therapy-sessions", policy=policies.RECORD_SESSION)
async def post_therapy_session(
    call: IntegrationCall, body: TherapySessionBody
) -> TherapySessionRecorded:
    """Record a meeting; integration work completes its episode."""
    command = RecordTherapySession(
        patient_id=body.patient_id,
        episode_id=body.episode_id,
        kind=body.kind,
        practitioner_id=body.practitioner_id,
        started_at=body.started_at,
        ended_at=body.ended_at,
        themes=tuple(body.themes),
        insights=tuple(body.insights),
        commitments=tuple(body.commitments),
    )
    async with call.transaction() as tx:
        session_id = await record_therapy_session(command, tx)
        location = f"/v1/therapy-sessions/{session_id}"
        return call.answer(TherapySessionRecorded(id=session_id), location=location)


@routes.get("/v1/patients/{patient_id}/therapy-sessions", policy=policies.READ_SESSION)
async def list_therapy_sessions(call: IntegrationCall, patient_id: UUID) -> TherapySessions:
    """A patient's meetings, the newest first."""
    async with call.transaction() as tx:
        tx.about(patient_id)
        found = await therapy_sessions.of_patient(tx, patient_id)
        given = await doses.of_patient(tx, patient_id)
        lock = therapy().locks_after
        items = [TherapySessionView.of(one, given, locks_after=lock, now=tx.now) for one in found]
        return call.answer(TherapySessions(items=items))


@routes.get("/v1/therapy-sessions/{therapy_session_id}", policy=policies.READ_SESSION)
async def get_therapy_session(
    call: IntegrationCall, therapy_session_id: UUID
) -> TherapySessionView:
    """One meeting as recorded, with what was added since."""
    async with call.transaction() as tx:
        session = await therapy_sessions.therapy_sessions.find(tx, therapy_session_id)
        answer = TherapySessionView.of(
            session,
            await doses.of_patient(tx, session.patient_id),
            locks_after=therapy().locks_after,
            now=tx.now,
            added=await therapy_sessions.added_to(tx, session.id),
            signed=await therapy_sessions.signatures_of(tx, session.id),
        )
        return call.answer(answer)


@routes.post("/v1/therapy-sessions/{therapy_session_id}/addenda", policy=policies.RECORD_SESSION)
async def post_addendum(
    call: IntegrationCall, therapy_session_id: UUID, body: AddendumBody
) -> AddendumView:
    """Add to a record, or put it right; the record itself never changes."""
    command = AddAddendum(
        therapy_session_id=therapy_session_id,
        kind=body.kind,
        words=body.words,
        author_id=call.caller.subject,
    )
    async with call.transaction() as tx:
        return call.answer(view(AddendumView, await add_addendum(command, tx)))


@routes.post(
    "/v1/therapy-sessions/{therapy_session_id}/cosignatures", policy=policies.RECORD_SESSION
)
async def post_cosignature(call: IntegrationCall, therapy_session_id: UUID) -> Kept:
    """A co-therapist signs the record too, until it is locked."""
    command = CosignSession(
        therapy_session_id=therapy_session_id, practitioner_id=call.caller.subject
    )
    async with call.transaction() as tx:
        signature = await cosign_session(command, tx)
        return call.answer(Kept(id=signature.id))
