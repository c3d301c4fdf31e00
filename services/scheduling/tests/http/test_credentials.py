"""Credentials end: alerts on the way, a hard stop at midnight, and nobody's visit is forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from .clinic import Clinic, slug
from .test_search import open_hours

LAPSED = "scheduling.credential_lapsed.v1"


async def suspend(clinic: Clinic, role: str, kind: str) -> httpx.Response:
    person, card = clinic.staff[role], clinic.cards[role, kind]
    path = f"/v1/practitioners/{person}/credentials/{card}/suspension"
    return await clinic.post(path, None, "medical_director")


async def found(clinic: Clinic, visit: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (await clinic.get(f"/v1/visits/{visit['id']}")).json()
    return answer


async def listed(clinic: Clinic, path: str) -> list[dict[str, Any]]:
    async with clinic.service.client("ops_admin", network=clinic.network) as client:
        items: list[dict[str, Any]] = (await client.get(path)).json()["items"]
        return items


async def test_suspension_holds_what_it_breaks_at_once_and_names_an_owner(clinic: Clinic) -> None:
    visit = await clinic.booked()

    await suspend(clinic, "nurse", "bls")

    now = await found(clinic, visit)
    assert (now["state"], now["held_reason"]) == ("held", "credential_suspended")
    (task,) = await listed(clinic, "/v1/replan-tasks")
    assert (task["visit_id"], task["owner_id"]) == (visit["id"], clinic.staff["prescriber"])
    assert task["broken_practitioner_id"] == clinic.staff["nurse"]
    assert (await clinic.types())[-1] == "scheduling.visit_held.v1"


async def test_suspension_gives_the_visit_to_a_free_colleague(clinic: Clinic) -> None:
    visit = await clinic.booked(starts_at="2027-03-02T17:00:00Z")
    suspended = clinic.staff["nurse"]
    card = clinic.cards["nurse", "bls"]
    other = await clinic.hire("nurse")
    await open_hours(clinic)

    path = f"/v1/practitioners/{suspended}/credentials/{card}/suspension"
    await clinic.post(path, None, "medical_director")

    now = await found(clinic, visit)
    assert (now["state"], now["staff"]["nurse"]) == ("booked", other)
    assert await listed(clinic, "/v1/replan-tasks") == []


async def test_visits_the_suspension_does_not_break_stay(clinic: Clinic) -> None:
    body = clinic.dosing(await clinic.cleared_patient(), visit_type="integration", route=None)
    body |= {"staff": {"therapist": clinic.staff["therapist"]}, "room_id": None}
    visit = (await clinic.book(body)).json()

    await suspend(clinic, "nurse", "bls")

    assert (await found(clinic, visit))["state"] == "booked"


async def test_reinstated_credential_lets_the_visit_be_released(clinic: Clinic) -> None:
    visit = await clinic.booked()
    await suspend(clinic, "nurse", "bls")
    release = f"/v1/visits/{visit['id']}/release"
    base = f"/v1/practitioners/{clinic.staff['nurse']}/credentials/{clinic.cards['nurse', 'bls']}"

    early = await clinic.post(release, None, "front_desk", **{"If-Match": '"v2"'})
    body = {"source": "issuer"}
    reinstated = await clinic.post(f"{base}/reinstatement", body, "medical_director")
    late = await clinic.post(release, None, "front_desk", **{"If-Match": '"v2"'})

    assert slug(early) == "credential_not_valid"
    assert reinstated.json()["status"] == "active"
    assert late.json()["state"] == "booked", late.text
    assert await listed(clinic, "/v1/replan-tasks") == []


async def test_alerts_come_at_90_60_30_7_and_0_days(clinic: Clinic) -> None:
    await clinic.hire("therapist", until="2027-07-01")
    seen = []

    for day in range(1, 125):
        clinic.service.clock.at = datetime(2027, 3, 1, 15, tzinfo=UTC) + timedelta(days=day)
        await clinic.service.run_due()
        rows = await clinic.service.rows("credential_alert", clinic.network)
        if len(rows) > len(seen):
            seen.append((rows[-1]["days_left"], clinic.service.clock.at.date().isoformat()))

    assert seen == [
        (90, "2027-04-02"),
        (60, "2027-05-02"),
        (30, "2027-06-01"),
        (7, "2027-06-24"),
        (0, "2027-07-01"),
    ]


@pytest.mark.parametrize(("minutes", "lapsed"), [(-1, False), (0, True)])
async def test_licence_lapses_at_midnight_of_the_issuing_state(
    clinic: Clinic, minutes: int, lapsed: bool
) -> None:
    await clinic.hire("therapist", until="2027-03-01")
    visit = await clinic.booked()  # today
    body = clinic.dosing(await clinic.cleared_patient(), starts_at="2027-03-03T17:00:00Z")
    assert slug(await clinic.book(body)) == "credential_not_valid"

    midnight_in_denver = datetime(2027, 3, 2, 7, tzinfo=UTC)
    clinic.service.clock.at = midnight_in_denver + timedelta(minutes=minutes)
    await clinic.service.run_due()

    types = [one.type for one in await clinic.service.outboxed(clinic.network)]
    assert (LAPSED in types) is lapsed
    assert (await found(clinic, visit))["state"] == "booked", "it was of the last valid day"


async def test_lapse_that_nobody_renewed_holds_the_visits_after_it(clinic: Clinic) -> None:
    """Booked while a renewal held, which was then suspended: the lapse finds it."""
    person = await clinic.hire("therapist", until="2027-03-05")
    renewal = await clinic.give(person, "therapy_licence", "CO", until="2028-01-01")
    visit = await clinic.booked(starts_at="2027-03-10T17:00:00Z")
    path = f"/v1/practitioners/{person}/credentials/{renewal}/suspension"
    await clinic.post(path, None, "medical_director")

    assert (await found(clinic, visit))["held_reason"] == "credential_suspended"


async def test_renewed_credential_keeps_the_visits(clinic: Clinic) -> None:
    person = await clinic.hire("therapist", until="2027-03-05")
    await clinic.give(person, "therapy_licence", "CO", until="2028-01-01")
    visit = await clinic.booked(starts_at="2027-03-10T17:00:00Z")

    clinic.service.clock.at = datetime(2027, 3, 6, 8, tzinfo=UTC)
    await clinic.service.run_due()

    assert LAPSED in [one.type for one in await clinic.service.outboxed(clinic.network)]
    assert (await found(clinic, visit))["state"] == "booked"


async def test_verification_is_kept_with_its_source_and_grows_old(clinic: Clinic) -> None:
    base = f"/v1/practitioners/{clinic.staff['nurse']}/credentials"
    path = f"{base}/{clinic.cards['nurse', 'bls']}/verification"

    unknown = await clinic.post(path, {"source": "hearsay"}, "ops_admin")
    good = await clinic.post(path, {"source": "issuer"}, "ops_admin")
    clinic.service.clock.advance(timedelta(days=31))

    assert slug(unknown) == "unknown_reason"
    assert (good.json()["version"], good.json()["must_be_verified"]) == (2, False)
    cards = {card["kind"]: card for card in await listed(clinic, base)}
    assert cards["bls"]["must_be_verified"] is True
    assert cards["bls"]["verified_source"] == "issuer"
