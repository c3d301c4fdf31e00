"""No integration is forgotten: what is missing after a dose becomes a breach that somebody owns."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from kairos_events.dosing import DoseAdministeredV1, SessionDischargedV1
from kairos_events.fields import Route
from kairos_events.integration import TherapySessionKind, TherapySessionRecordedV1

from .clinic import Clinic, slug
from .test_changes import change
from .test_check_in import READY

OPENED = "scheduling.integration_breach_opened.v1"
CLOSED = "scheduling.integration_breach_closed.v1"


async def dose(
    clinic: Clinic, visit: dict[str, Any], *, route: Route = Route.IM, session: UUID | None = None
) -> UUID:
    """Dosing charts a dose of a visit, now."""
    session = session or uuid4()
    event = DoseAdministeredV1(
        dose_id=uuid4(),
        session_id=session,
        visit_id=UUID(visit["id"]),
        patient_id=UUID(visit["patient_id"]),
        site_id=UUID(clinic.site),
        route=route,
        product="ketamine_50",
        amount_mg="34",  # type: ignore[arg-type]
        administered_at=clinic.service.clock.now(),
        clearance_version=1,
    )
    await clinic.service.deliver(event, clinic.network)
    return session


async def later(clinic: Clinic, **by: float) -> list[str]:
    """Let time pass and what is due run. Returns what was told about breaches."""
    clinic.service.clock.advance(timedelta(**by))
    await clinic.service.run_due()
    outboxed = await clinic.service.outboxed(clinic.network)
    return [one.type for one in outboxed if "breach" in one.type]


@pytest.mark.parametrize(("route", "hours"), [(Route.IM, 24), (Route.IV, 24), (Route.ORAL, 72)])
async def test_missing_integration_is_a_breach_at_its_deadline(
    clinic: Clinic, route: Route, hours: int
) -> None:
    visit = await clinic.booked()
    await dose(clinic, visit, route=route)

    assert await later(clinic, hours=hours, seconds=-1) == []
    assert await later(clinic, seconds=1) == [OPENED]
    (breach,) = (await clinic.get("/v1/integration-breaches")).json()["items"]
    assert breach["owner_id"] == clinic.staff["therapist"]
    assert breach["dosing_visit_id"] == visit["id"]


async def test_second_dose_of_a_session_moves_the_deadline(clinic: Clinic) -> None:
    visit = await clinic.booked()
    session = await dose(clinic, visit)
    clinic.service.clock.advance(timedelta(hours=1))
    await dose(clinic, visit, session=session)

    assert await later(clinic, hours=23, minutes=59) == []
    assert await later(clinic, minutes=1) == [OPENED]


async def talk_took_place(clinic: Clinic, patient: str) -> None:
    body = clinic.dosing(UUID(patient), visit_type="integration", route=None, room_id=None)
    body["staff"] = {"therapist": clinic.staff["therapist"]}
    talk = (await clinic.book(body)).json()
    clinic.service.clock.advance(timedelta(hours=1))
    await change(clinic, talk, "check-in", {"escort_confirmed": False})
    assert (await change(clinic, talk, "completion", version=2)).status_code == 200


async def test_visit_in_time_leaves_no_breach(clinic: Clinic) -> None:
    visit = await clinic.booked()
    await dose(clinic, visit)
    clinic.service.clock.advance(timedelta(hours=3))
    await talk_took_place(clinic, visit["patient_id"])

    assert await later(clinic, hours=48) == []


async def test_therapy_session_recorded_in_integration_counts_as_well(clinic: Clinic) -> None:
    visit = await clinic.booked()
    await dose(clinic, visit)
    clinic.service.clock.advance(timedelta(hours=20))
    now = clinic.service.clock.now()
    event = TherapySessionRecordedV1(
        therapy_session_id=uuid4(),
        patient_id=UUID(visit["patient_id"]),
        episode_id=None,
        kind=TherapySessionKind.INTEGRATION,
        practitioner_id=UUID(clinic.staff["therapist"]),
        started_at=now - timedelta(hours=1),
        ended_at=now,
    )
    await clinic.service.deliver(event, clinic.network)

    assert await later(clinic, hours=48) == []


async def test_meeting_before_the_dose_settles_nothing(clinic: Clinic) -> None:
    patient = await clinic.cleared_patient()
    await talk_took_place(clinic, str(patient))
    visit = (await clinic.book(clinic.dosing(patient))).json()
    clinic.service.clock.advance(timedelta(hours=2))
    await dose(clinic, visit)

    assert await later(clinic, hours=24) == [OPENED]


async def test_breach_closes_by_the_visit_after_all(clinic: Clinic) -> None:
    visit = await clinic.booked()
    await dose(clinic, visit)
    assert await later(clinic, hours=25) == [OPENED]

    await talk_took_place(clinic, visit["patient_id"])

    assert await later(clinic, hours=1) == [OPENED, CLOSED]
    assert (await clinic.get("/v1/integration-breaches")).json()["items"] == []


async def test_breach_closes_without_the_visit_for_a_coded_reason_only(clinic: Clinic) -> None:
    await dose(clinic, await clinic.booked())
    await later(clinic, hours=25)
    (breach,) = (await clinic.get("/v1/integration-breaches")).json()["items"]
    path = f"/v1/integration-breaches/{breach['id']}/resolution"

    unknown = await clinic.post(path, {"resolution": "forgot"}, "therapist")
    desk = await clinic.post(path, {"resolution": "patient_declined"}, "front_desk")
    closed = await clinic.post(path, {"resolution": "patient_declined"}, "therapist")
    again = await clinic.post(path, {"resolution": "patient_declined"}, "therapist")

    assert [slug(unknown), desk.status_code] == ["unknown_reason", 403]
    assert closed.json()["resolution"] == "patient_declined"
    assert slug(again) == "breach_not_open"
    assert await later(clinic, hours=1) == [OPENED, CLOSED]


async def test_discharge_completes_the_visit(clinic: Clinic) -> None:
    visit = await clinic.booked()
    assert (await change(clinic, visit, "check-in", READY)).status_code == 200
    now = clinic.service.clock.now()
    event = SessionDischargedV1(
        session_id=uuid4(),
        visit_id=UUID(visit["id"]),
        patient_id=UUID(visit["patient_id"]),
        site_id=UUID(clinic.site),
        route=Route.IM,
        first_dose_at=now,
        last_dose_at=now,
        discharged_at=now,
    )

    await clinic.service.deliver(event, clinic.network)
    await clinic.service.deliver(event, clinic.network, sequence=2)

    found = (await clinic.get(f"/v1/visits/{visit['id']}")).json()
    assert (found["state"], found["version"]) == ("completed", 3)
    assert datetime.fromisoformat(found["ended_at"]) == now
