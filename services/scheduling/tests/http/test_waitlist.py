"""Who waits is offered what comes free: in fair order, for a while, and never twice at once."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from .clinic import Clinic, slug
from .test_changes import change

START = "2027-03-02T17:00:00Z"


async def wait(clinic: Clinic, patient: UUID | None = None, **changes: Any) -> str:
    body = {
        "patient_id": str(patient or await clinic.cleared_patient()),
        "visit_type": "dosing_im",
        "site_ids": [clinic.site],
        "earliest_at": "2027-03-01T15:00:00Z",
        "latest_at": "2027-03-09T00:00:00Z",
        **changes,
    }
    answer = await clinic.post("/v1/waitlist", body, "front_desk")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def offers(clinic: Clinic, entry: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await clinic.get(f"/v1/waitlist/{entry}/offers")).json()["items"]
    return items


async def free_a_slot(clinic: Clinic) -> None:
    visit = await clinic.booked(starts_at=START)
    await change(clinic, visit, "cancellation", {"reason": "patient_request"})
    await clinic.service.run_due()


async def answer(clinic: Clinic, offer: dict[str, Any], said: str) -> Any:
    path = f"/v1/waitlist-offers/{offer['id']}/answer"
    return await clinic.post(path, {"answer": said}, "front_desk")


async def test_freed_slot_is_held_for_the_first_and_booked_when_accepted(clinic: Clinic) -> None:
    first, second = await wait(clinic), await wait(clinic)

    await free_a_slot(clinic)

    (offer,) = await offers(clinic, first)
    assert await offers(clinic, second) == []
    rival = clinic.dosing(await clinic.cleared_patient(), starts_at=START)
    assert slug(await clinic.book(rival)) == "slot_taken"
    accepted = await answer(clinic, offer, "accepted")
    assert accepted.json()["state"] == "accepted", accepted.text
    visit = (await clinic.get(f"/v1/visits/{accepted.json()['visit_id']}")).json()
    assert (visit["state"], visit["starts_at"]) == ("booked", START)
    assert slug(await answer(clinic, offer, "accepted")) == "offer_over"


async def test_urgent_ones_come_first_and_then_who_joined_first(clinic: Clinic) -> None:
    early = await wait(clinic)
    clinic.service.clock.advance(timedelta(minutes=1))
    urgent = await wait(clinic, urgent=True)

    await free_a_slot(clinic)

    assert len(await offers(clinic, urgent)) == 1
    assert await offers(clinic, early) == []


async def test_declined_or_expired_offer_goes_to_the_next(clinic: Clinic) -> None:
    entries = [await wait(clinic) for _ in range(3)]
    await free_a_slot(clinic)

    await answer(clinic, (await offers(clinic, entries[0]))[0], "declined")
    clinic.service.clock.advance(timedelta(minutes=30))
    await clinic.service.run_due()

    assert [[one["state"] for one in await offers(clinic, entry)] for entry in entries] == [
        ["declined"],
        ["expired"],
        ["open"],
    ]
    waiting = (await clinic.get("/v1/waitlist")).json()["items"]
    assert [(one["state"], one["passed_over"]) for one in waiting] == [
        ("waiting", 1),
        ("waiting", 1),
        ("offered", 0),
    ]


async def test_who_is_not_cleared_or_left_is_not_asked(clinic: Clinic) -> None:
    await wait(clinic, uuid4())
    left = await wait(clinic)
    await clinic.post(f"/v1/waitlist/{left}/leave", None, "front_desk")
    ready = await wait(clinic)

    await free_a_slot(clinic)

    assert len(await offers(clinic, ready)) == 1
    assert await offers(clinic, left) == []


async def test_slot_that_begins_too_soon_is_offered_to_nobody(clinic: Clinic) -> None:
    entry = await wait(clinic)
    visit = await clinic.booked()
    await change(clinic, visit, "cancellation", {"reason": "patient_ill"})
    await clinic.service.run_due()

    assert await offers(clinic, entry) == []
