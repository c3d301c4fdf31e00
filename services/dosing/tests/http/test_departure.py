"""Leaving against advice: for whom it is, and what it takes."""

from datetime import timedelta
from typing import Any

import pytest

from .clinic import AT_THE_DOOR, WELL, Clinic


async def leave(clinic: Clinic, **changes: Any) -> Any:
    seen = await clinic.get(f"/v1/sessions/{clinic.session}")
    body = {
        "reason": "insisted",
        "risks_explained": True,
        "keys_kept": True,
        "escort_called": True,
        **AT_THE_DOOR,
        **changes,
    }
    path = f"/v1/sessions/{clinic.session}/departure"
    return await clinic.post(clinic.ortiz, path, body, **{"If-Match": seen.headers["ETag"]})


async def test_patient_who_may_leave_is_discharged_and_does_not_depart(clinic: Clinic) -> None:
    await clinic.dosed()
    begun = clinic.service.clock.now()
    await clinic.watched_at(begun, 10, 20, 30, 45, 60, 90, 104, 119, readings=WELL)
    clinic.service.clock.at = begun + timedelta(minutes=120)

    departed = await leave(clinic)

    assert departed.json()["type"] == "urn:kairos:problem:departure_unneeded"
    assert (await clinic.discharge()).status_code == 200


@pytest.mark.parametrize(
    ("reason", "status"), [("left_unseen", 200), ("insisted", 409), ("emergency_elsewhere", 409)]
)
async def test_risks_are_explained_to_whoever_was_seen_to_leave(
    clinic: Clinic, reason: str, status: int
) -> None:
    await clinic.dosed()

    answer = await leave(clinic, reason=reason, risks_explained=False)

    assert answer.status_code == status, answer.text


async def test_who_left_against_advice_is_called_and_nothing_waits_for_them_here(
    clinic: Clinic,
) -> None:
    await clinic.dosed()
    assert (await leave(clinic)).status_code == 200
    clinic.service.clock.advance(timedelta(minutes=30))
    await clinic.due()

    alerts = await clinic.service.rows("alert", clinic.network)
    assert [row["code"] for row in alerts] == []
    calls = await clinic.service.rows("follow_up", clinic.network)
    assert "left_against_advice" in [row["kind"] for row in calls]
    assert (await clinic.discharge()).status_code == 409
