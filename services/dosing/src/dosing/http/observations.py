"""Observations over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site

from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.schemas.observations import (
    CorrectionBody,
    ObservationBody,
    ObservationList,
    ObservationView,
)
from dosing.store import observations, sessions
from dosing.use_cases.correct_observation import CorrectObservation, correct_observation
from dosing.use_cases.record_observation import RecordObservation, record_observation

routes = Routes("observations")


@routes.post("/v1/sessions/{session_id}/observations", policy=policies.RECORD_OBSERVATION)
async def post_observation(
    call: DosingCall, session_id: UUID, body: ObservationBody
) -> ObservationView:
    """Record vital signs and other readings."""
    command = RecordObservation(
        session_id=session_id,
        readings=body.readings(),
        observed_at=body.observed_at,
        device_id=body.device_id,
        by=call.caller,
    )
    async with call.transaction() as tx:
        taken = await record_observation(command, call.deps.clock, tx)
        return call.answer(ObservationView.of(taken))


@routes.post(
    "/v1/sessions/{session_id}/observations/{observation_id}/corrections",
    policy=policies.CORRECT_RECORD,
)
async def post_correction(
    call: DosingCall, session_id: UUID, observation_id: UUID, body: CorrectionBody
) -> ObservationView:
    """Correct an observation, or take it back; what was written stays in the record."""
    command = CorrectObservation(
        observation_id=observation_id,
        session_id=session_id,
        readings=None if body.readings is None else body.readings.readings(),
        reason=body.reason,
        by=call.caller,
    )
    async with call.transaction() as tx:
        return call.answer(ObservationView.of(await correct_observation(command, tx)))


@routes.get("/v1/sessions/{session_id}/observations", policy=policies.READ_SESSION)
async def list_observations(call: DosingCall, session_id: UUID) -> ObservationList:
    """All observations of a session, oldest first."""
    async with call.transaction() as tx:
        admit_site(call.caller, (await sessions.find(tx, session_id)).site_id)
        found = await observations.of_session(tx, session_id)
        return call.answer(ObservationList(items=[ObservationView.of(one) for one in found]))
