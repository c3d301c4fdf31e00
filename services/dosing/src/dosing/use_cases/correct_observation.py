"""Correct an observation: a new version with its reason; what was written stays."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing.domain.care_errors import ObservationNotFound
from dosing.domain.observation import Observation, Readings
from dosing.store import corrections, observations, protocols, sessions
from dosing.store.corrections import Correction
from dosing.use_cases.watch_side_effects import watch_side_effects


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectObservation:
    """What was really seen; `readings` None takes the observation back as entered in error."""

    observation_id: UUID
    session_id: UUID
    readings: Readings | None
    reason: str
    by: Caller


async def correct_observation(command: CorrectObservation, tx: Transaction) -> Observation:
    """Keep the version: it counts from now on at the gate and at the discharge.

    Also after the session, as a late entry. Raises SessionNotFound, ObservationNotFound (404),
    ImplausibleReading (422).
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    seen = await observations.as_written(tx, session.id)
    found = next((one for one in seen if one.id == command.observation_id), None)
    if found is None:
        raise ObservationNotFound
    if command.readings is not None:
        command.readings.check((await protocols.pinned(tx, session)).plausible)
    made = await corrections.of_session(tx, session.id)
    earlier = [one for one in made if one.observation_id == found.id]
    correction = Correction(
        id=uuid7(),
        session_id=session.id,
        observation_id=found.id,
        version=len(earlier) + 2,
        content=corrections.content_of(command.readings),
        reason=command.reason,
        corrected_by=command.by.subject,
        recorded_at=tx.now,
    )
    corrections.add(tx, correction)
    if command.readings is not None:
        await watch_side_effects(session.patient_id, command.readings, tx)
    return corrections.applied(found, correction)
