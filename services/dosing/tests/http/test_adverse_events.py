"""Adverse events: graded and coded, and a serious one has a clock that only its report stops."""

from datetime import timedelta
from typing import Any

import pytest

from .clinic import Clinic


async def record(clinic: Clinic, **changes: Any) -> Any:
    body = {
        "code": "chest_pain",
        "grade": "3",
        "seriousness": ["hospitalisation"],
        "narrative": "taken to the hospital",
        "outcome": "ongoing",
        "onset_at": clinic.service.clock.now().isoformat(),
        **changes,
    }
    return await clinic.post(clinic.ortiz, f"/v1/sessions/{clinic.session}/adverse-events", body)


async def called(clinic: Clinic) -> int:
    await clinic.due()
    rows = await clinic.service.rows("alert", clinic.network)
    return [row["code"] for row in rows].count("adverse_event_report_overdue")


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({"seriousness": ["hospitalisation"]}, 15),
        ({"seriousness": ["important_medical_event"], "grade": "1"}, 15),
        ({"seriousness": ["death"]}, 7),
        ({"seriousness": ["life_threatening"]}, 7),
        ({"seriousness": [], "grade": "4"}, 7),
        ({"seriousness": [], "grade": "5"}, 7),
    ],
)
async def test_serious_event_that_is_not_reported_calls_out(
    clinic: Clinic, changes: dict[str, Any], days: int
) -> None:
    await clinic.dosed()
    answer = await record(clinic, **changes)
    assert answer.json()["serious"] is True
    clinic.service.clock.advance(timedelta(days=days, seconds=-1))
    assert await called(clinic) == 0
    clinic.service.clock.advance(timedelta(seconds=1))

    assert await called(clinic) == 1


async def test_event_that_is_not_serious_has_no_clock(clinic: Clinic) -> None:
    await clinic.dosed()
    answer = await record(clinic, seriousness=[], grade="3")
    assert answer.json()["serious"] is False
    clinic.service.clock.advance(timedelta(days=30))

    assert await called(clinic) == 0


async def test_report_stops_the_clock(clinic: Clinic) -> None:
    await clinic.dosed()
    first = (await record(clinic)).json()
    onset = clinic.service.clock.now().isoformat()
    clinic.service.clock.advance(timedelta(days=14))
    told = await record(
        clinic,
        adverse_event_id=first["adverse_event_id"],
        onset_at=onset,
        reported_at=clinic.service.clock.now().isoformat(),
        report_reference="MW-1",
    )
    clinic.service.clock.advance(timedelta(days=2))

    assert told.json()["version"] == 2
    assert await called(clinic) == 0


async def test_further_word_of_an_event_gives_no_more_time(clinic: Clinic) -> None:
    await clinic.dosed()
    first = (await record(clinic)).json()
    onset = clinic.service.clock.now().isoformat()
    clinic.service.clock.advance(timedelta(days=14))
    await record(clinic, adverse_event_id=first["adverse_event_id"], onset_at=onset)
    clinic.service.clock.advance(timedelta(days=1))

    assert await called(clinic) == 1
