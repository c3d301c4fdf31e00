"""An open episode, for tests that need one."""

from datetime import timedelta
from uuid import UUID, uuid4

from kairos_chassis.testing.harness import Harness
from kairos_events.dosing import SessionDischargedV1
from kairos_events.fields import Route


async def open_episode_for(service: Harness, network: UUID) -> tuple[UUID, UUID]:
    """Discharge a new patient. Returns the patient's and the episode's id."""
    now = service.clock.now()
    patient = uuid4()
    event = SessionDischargedV1(
        session_id=uuid4(),
        visit_id=uuid4(),
        patient_id=patient,
        site_id=uuid4(),
        route=Route.IM,
        first_dose_at=now - timedelta(minutes=125),
        last_dose_at=now - timedelta(minutes=125),
        discharged_at=now,
    )
    await service.deliver(event, network)
    rows = await service.rows("episode", network)
    return patient, next(row["id"] for row in rows if row["patient_id"] == patient)
