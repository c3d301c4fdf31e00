"""What a patient promises themselves: they see and check their own, and nobody else's."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from integration.domain.commitment import week_later
from kairos_chassis.testing.harness import Harness

DENVER = "America/Denver"


def promise(**changes: Any) -> dict[str, Any]:
    return {"behaviour": "walk by the river", "confidence": 7, "zone": DENVER, **changes}


async def test_adherence_is_done_of_planned_over_all_checks(
    service: Harness, network: UUID
) -> None:
    patient = uuid4()
    async with service.client("patient", network=network, patient=patient) as dana:
        made = await dana.post(f"/v1/patients/{patient}/commitments", json=promise())
        path = f"/v1/commitments/{made.json()['id']}"
        assert made.json()["adherence_percent"] is None
        for check in ({"done": 3, "planned": 5}, {"done": 9, "planned": 5, "confidence": 9}):
            assert (await dana.post(f"{path}/checks", json=check)).status_code == 201
        found = (await dana.get(path)).json()

    assert found["adherence_percent"] == "80"
    assert found["confidence"] == 9


async def test_another_patients_commitment_is_as_good_as_missing(
    service: Harness, network: UUID
) -> None:
    patient, other = uuid4(), uuid4()
    async with service.client("patient", network=network, patient=patient) as dana:
        made = await dana.post(f"/v1/patients/{patient}/commitments", json=promise())
    path = f"/v1/commitments/{made.json()['id']}"

    async with service.client("patient", network=network, patient=other) as eve:
        answers = [
            await eve.get(path),
            await eve.post(f"{path}/checks", json={"done": 1, "planned": 1}),
            await eve.post(f"{path}/end", json={"state": "kept"}, headers={"If-Match": '"v1"'}),
            await eve.get(f"/v1/patients/{patient}/commitments"),
            await eve.get(f"/v1/commitments/{uuid4()}"),
        ]

    assert {answer.status_code for answer in answers} == {404}
    assert await service.rows("commitment_check", network) == []
    (row,) = await service.rows("commitment", network)
    assert row["state"] == "active"


async def test_reminders_come_weekly_until_the_commitment_ends(
    service: Harness, network: UUID
) -> None:
    patient, start = uuid4(), service.clock.now()
    first = start + timedelta(hours=6)
    async with service.client("therapist", network=network) as shah:
        body = promise(remind_at=first.isoformat())
        made = await shah.post(f"/v1/patients/{patient}/commitments", json=body)
        path = f"/v1/commitments/{made.json()['id']}"

    service.clock.at = first
    await service.run_due()
    async with service.client("therapist", network=network) as shah:
        found = await shah.get(path)
        assert found.json()["reminded_at"] is not None
        ended = await shah.post(
            f"{path}/end", json={"state": "kept"}, headers={"If-Match": found.headers["ETag"]}
        )

    assert ended.json()["remind_at"] is None
    service.clock.advance(timedelta(days=8))
    await service.run_due()
    (row,) = await service.rows("commitment", network)
    assert row["reminded_at"] == first


@pytest.mark.parametrize("zone", [DENVER, "Europe/Berlin", "Australia/Sydney"])
@given(hours=st.integers(0, 24 * 355))
def test_a_week_later_is_the_same_time_on_the_wall(zone: str, hours: int) -> None:
    before = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=hours)

    after = week_later(before, zone)

    place = ZoneInfo(zone)
    wall, later = before.astimezone(place), after.astimezone(place)
    moved = later.replace(tzinfo=None) - wall.replace(tzinfo=None) - timedelta(days=7)
    # Only an hour that the clocks skip can be another one; it is shown an hour on.
    assert moved in (timedelta(0), timedelta(hours=1))
    assert moved == timedelta(0) or later.utcoffset() != wall.utcoffset()
