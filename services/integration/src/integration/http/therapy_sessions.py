"""Therapy sessions over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.schemas import (
    TherapySessionBody,
    TherapySessionRecorded,
    TherapySessionView,
)
from integration.store import therapy_sessions
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


@routes.get("/v1/therapy-sessions/{therapy_session_id}", policy=policies.READ_SESSION)
async def get_therapy_session(
    call: IntegrationCall, therapy_session_id: UUID
) -> TherapySessionView:
    """One meeting as recorded."""
    async with call.transaction() as tx:
        session = await therapy_sessions.find(tx, therapy_session_id)
        return call.answer(TherapySessionView.of(session))
