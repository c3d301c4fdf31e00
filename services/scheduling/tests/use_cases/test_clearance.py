"""Losing clearance holds dosing visits to come; regaining it releases them."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from kairos_chassis.testing.harness import Harness
from scheduling.domain.practitioner import Role
from scheduling.store import practitioners
from scheduling.use_cases.book_visit import BookVisit, book_visit
from scheduling.use_cases.suspend_credential import SuspendCredential, suspend_credential

from ..http.clinic import Clinic

HELD = "scheduling.visit_held.v1"
RELEASED = "scheduling.visit_released.v1"
BLOCKED_SECONDS = 0.3  # how long a test watches that something does not happen


async def state_of(clinic: Clinic, visit: dict[str, Any]) -> tuple[str, str | None, int]:
    found = (await clinic.get(f"/v1/visits/{visit['id']}")).json()
    return found["state"], found["held_reason"], found["version"]


def command_for(clinic: Clinic, patient: UUID) -> BookVisit:
    return BookVisit(
        patient_id=patient,
        site_id=UUID(clinic.site),
        room_id=UUID(clinic.room),
        visit_type="dosing_im",
        route="im",
        starts_at=clinic.service.clock.now() + timedelta(hours=1),
        staff={Role(role): UUID(person) for role, person in clinic.staff.items()},
    )


async def test_lost_clearance_holds_the_visit_and_keeps_its_slot(clinic: Clinic) -> None:
    visit = await clinic.booked()

    await clinic.clear(UUID(visit["patient_id"]), version=2, cleared=False)

    assert await state_of(clinic, visit) == ("held", "clearance_lost", 2)
    event = (await clinic.service.outboxed(clinic.network))[-1]
    assert (event.type, event.key) == (HELD, visit["patient_id"])
    assert event.data["reason"] == "clearance_lost"
    rival = await clinic.book(clinic.dosing(await clinic.cleared_patient()))
    assert rival.json()["taken"] == ["practitioner", "room"]


async def test_regained_clearance_releases_the_visit(clinic: Clinic) -> None:
    visit = await clinic.booked()
    patient = UUID(visit["patient_id"])

    await clinic.clear(patient, version=2, cleared=False)
    await clinic.clear(patient, version=3)

    assert await state_of(clinic, visit) == ("booked", None, 3)
    assert (await clinic.types())[1:] == [HELD, RELEASED]


async def test_clearance_that_ends_before_the_visit_does_not_release_it(clinic: Clinic) -> None:
    visit = await clinic.booked()
    patient = UUID(visit["patient_id"])
    soon = clinic.service.clock.now() + timedelta(minutes=30)

    await clinic.clear(patient, version=2, cleared=False)
    await clinic.clear(patient, version=3, expires_at=soon)

    assert (await state_of(clinic, visit))[0] == "held"


async def test_repeated_and_older_versions_change_nothing(clinic: Clinic) -> None:
    visit = await clinic.booked()
    patient = UUID(visit["patient_id"])

    await clinic.clear(patient, version=5, cleared=False)
    await clinic.clear(patient, version=5, cleared=True)
    await clinic.clear(patient, version=4, cleared=True)

    assert await state_of(clinic, visit) == ("held", "clearance_lost", 2)
    assert (await clinic.types())[1:] == [HELD]
    (row,) = await clinic.service.rows("clearance", clinic.network)
    assert row["version"] == 5


async def test_only_dosing_visits_to_come_follow_clearance(clinic: Clinic) -> None:
    past = await clinic.booked()
    patient = UUID(past["patient_id"])
    start = clinic.service.clock.now() + timedelta(hours=30)
    body = clinic.dosing(patient, visit_type="integration", route=None, starts_at=start.isoformat())
    body["staff"] = {"therapist": clinic.staff["therapist"]}
    talk = (await clinic.book(body)).json()
    clinic.service.clock.advance(timedelta(hours=20))

    await clinic.clear(patient, version=2, cleared=False)

    assert (await state_of(clinic, past))[0] == "booked"
    assert (await state_of(clinic, talk))[0] == "booked"


async def test_other_patients_visits_stay(clinic: Clinic) -> None:
    visit = await clinic.booked()

    await clinic.clear(uuid4(), version=2, cleared=False)

    assert (await state_of(clinic, visit))[0] == "booked"


async def test_clearance_lost_during_a_booking_still_holds_it(
    clinic: Clinic, service: Harness
) -> None:
    patient = await clinic.cleared_patient()

    async with service.db.transaction(clinic.network) as tx:
        visit = await book_visit(command_for(clinic, patient), tx)
        losing = asyncio.create_task(clinic.clear(patient, version=2, cleared=False))
        await asyncio.wait({losing}, timeout=BLOCKED_SECONDS)
        assert not losing.done(), "the change of clearance did not wait for the booking"
    await losing

    assert (await state_of(clinic, {"id": visit.id}))[0] == "held"


async def test_suspension_waits_for_whoever_relies_on_the_credential(
    clinic: Clinic, service: Harness
) -> None:
    command = SuspendCredential(
        practitioner_id=UUID(clinic.staff["nurse"]),
        credential_id=UUID(clinic.cards["nurse", "bls"]),
    )

    async def suspend() -> None:
        async with service.db.transaction(clinic.network) as tx:
            await suspend_credential(command, tx)

    async with service.db.transaction(clinic.network) as tx:
        await practitioners.share(tx, {Role.NURSE: command.practitioner_id})
        suspending = asyncio.create_task(suspend())
        await asyncio.wait({suspending}, timeout=BLOCKED_SECONDS)
        assert not suspending.done()
    await suspending

    answer = await clinic.book(clinic.dosing(await clinic.cleared_patient()))
    assert answer.json()["credentials"][0]["problem"] == "suspended"
