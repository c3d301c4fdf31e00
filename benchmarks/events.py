"""The event that the bus benchmarks send."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from kairos_events.dosing import SessionDischargedV1
from kairos_events.fields import Route


def discharge(patient: UUID | None = None) -> SessionDischargedV1:
    """A discharge of now, of a patient of its own unless one is given."""
    now = datetime.now(UTC)
    return SessionDischargedV1(
        session_id=uuid4(),
        visit_id=uuid4(),
        patient_id=patient or uuid4(),
        site_id=uuid4(),
        route=Route.IM,
        first_dose_at=now,
        last_dose_at=now,
        discharged_at=now,
    )
