"""A dosing session that is called off leaves no claim behind: the next dose is not days away."""

from typing import Any
from uuid import UUID, uuid4

from kairos_events.dosing import SessionAbortedV1, SessionDischargedV1
from kairos_events.fields import Route

from .clinic import Clinic
from .test_changes import change
from .test_check_in import READY


def session_of(clinic: Clinic, visit: dict[str, Any]) -> dict[str, Any]:
    return {
        "session_id": uuid4(),
        "visit_id": UUID(visit["id"]),
        "patient_id": UUID(visit["patient_id"]),
        "site_id": UUID(clinic.site),
        "route": Route.IM,
    }


async def test_the_patient_may_be_dosed_the_same_day_after_a_session_without_a_dose(
    clinic: Clinic,
) -> None:
    visit = await clinic.booked()
    again = clinic.dosing(UUID(visit["patient_id"]))
    assert (await change(clinic, visit, "check-in", READY)).status_code == 200
    now = clinic.service.clock.now()
    called_off = SessionAbortedV1(**session_of(clinic, visit), reason="other", aborted_at=now)

    await clinic.service.deliver(called_off, clinic.network)

    assert (await clinic.get(f"/v1/visits/{visit['id']}")).json()["state"] == "completed"
    assert (await clinic.book(again)).status_code == 201


async def test_after_a_dose_the_interval_stands(clinic: Clinic) -> None:
    visit = await clinic.booked()
    again = clinic.dosing(UUID(visit["patient_id"]))
    assert (await change(clinic, visit, "check-in", READY)).status_code == 200
    now = clinic.service.clock.now()
    discharged = SessionDischargedV1(
        **session_of(clinic, visit), first_dose_at=now, last_dose_at=now, discharged_at=now
    )

    await clinic.service.deliver(discharged, clinic.network)

    assert (await clinic.book(again)).status_code == 409
