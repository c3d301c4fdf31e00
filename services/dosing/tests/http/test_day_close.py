"""Which day a site closes is the site's own matter, and nothing that a caller says."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from .clinic import Clinic


async def close(clinic: Clinic, day: str, site: UUID | None = None, **said: str) -> Any:
    body = {"site_id": str(site or clinic.site), "day": day, **said}
    return await clinic.post(clinic.ortiz, "/v1/day-closes", body)


async def set_up(clinic: Clinic, site: UUID, **zone: str) -> Any:
    async with clinic.service.client("medical_director", network=clinic.network) as client:
        body = {"site_id": str(site), "locale": "us", **zone}
        return await client.post("/v1/site-settings", json=body)


def problem(answer: Any) -> str:
    return str(answer.json()["type"].rsplit(":", 1)[-1])


async def test_day_is_that_of_the_zone_in_which_scheduling_says_the_site_lies(
    clinic: Clinic,
) -> None:
    """06:59 UTC is still the first of March in Denver, 07:00 is the second."""
    clinic.service.clock.at = datetime.fromisoformat("2027-03-02T06:59:00+00:00")
    early = await close(clinic, "2027-03-02")
    clinic.service.clock.at = datetime.fromisoformat("2027-03-02T07:00:00+00:00")
    in_time = await close(clinic, "2027-03-02")

    assert problem(early) == "impossible_time"
    assert in_time.status_code == 201, in_time.text


async def test_callers_other_zone_is_refused_and_closes_nothing(clinic: Clinic) -> None:
    """In Tokyo the second of March has long begun, and the first is over for any count."""
    clinic.service.clock.at = datetime.fromisoformat("2027-03-02T06:59:00+00:00")

    for day in ("2027-03-01", "2027-03-02"):
        assert problem(await close(clinic, day, site_zone="Asia/Tokyo")) == "zone_not_of_site"
    assert await clinic.service.rows("day_close", clinic.network) == []
    own = await close(clinic, "2027-03-01", site_zone="America/Denver")
    assert own.status_code == 201, own.text


async def test_site_of_which_nobody_has_said_where_it_lies_closes_no_day(clinic: Clinic) -> None:
    site = uuid4()

    unknown = await close(clinic, "2027-03-01", site, site_zone="America/Denver")
    await set_up(clinic, site)  # whose dose table holds says nothing of the zone
    still = await close(clinic, "2027-03-01", site)
    made = await set_up(clinic, site, zone="America/Denver")

    assert problem(unknown) == problem(still) == "site_zone_unknown"
    assert made.json()["zone"] == "America/Denver"
    closed = await close(clinic, "2027-03-01", site)
    assert closed.status_code == 201, closed.text


async def test_what_scheduling_says_outranks_how_a_site_was_set_up(clinic: Clinic) -> None:
    made = await set_up(clinic, clinic.site, zone="Asia/Tokyo")
    seen = await clinic.get("/v1/site-settings", site_id=str(clinic.site))

    assert made.json()["zone"] == seen.json()["zone"] == "America/Denver"
    assert problem(await close(clinic, "2027-03-02")) == "impossible_time"


async def test_zone_that_there_is_not_is_no_zone(clinic: Clinic) -> None:
    assert (await set_up(clinic, uuid4(), zone="Mars/Olympus")).status_code == 422
    assert (await close(clinic, "2027-03-01", site_zone="Mars/Olympus")).status_code == 422
