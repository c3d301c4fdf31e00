"""Clinical facts over HTTP: appended, never changed, each with its time and source."""

from datetime import timedelta
from typing import Any

import pytest

from .steps import Clinic, problem


def fact(clinic: Clinic, **changes: Any) -> dict[str, Any]:
    at = clinic.service.clock.now()
    values = {"name": "weight_kg", "value": "68.0", "occurred_at": at.isoformat()}
    return {**values, "source": "clinician", **changes}


async def test_newest_occurrence_counts_and_the_earlier_stays(clinic: Clinic) -> None:
    patient = await clinic.register()
    path = f"/v1/patients/{patient}/facts"
    now = clinic.service.clock.now()
    old = fact(clinic, value="70", occurred_at=(now - timedelta(days=9)).isoformat())
    for one in (fact(clinic), old, fact(clinic, name="psychosis_current", value=None)):
        assert (await clinic.post(path, {"facts": [one]})).status_code == 201
    correction = await clinic.post(path, {"facts": [fact(clinic, value="67.5")]})

    current = {f["name"]: f["value"] for f in (await clinic.get(path)).json()["items"]}

    assert correction.status_code == 201
    assert current == {"weight_kg": "67.5", "psychosis_current": None}
    assert len(await clinic.service.rows("clinical_fact", clinic.network)) == 4


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"name": "shoe_size", "value": 42}, "unknown_fact"),
        ({"value": "heavy"}, "unfit_fact"),
        ({"value": 68}, "unfit_fact"),
        ({"value": "6800"}, "unfit_fact"),
        ({"name": "psychosis_current", "value": "no"}, "unfit_fact"),
        ({"name": "resting_systolic_mmhg", "value": True}, "unfit_fact"),
        ({"name": "resting_systolic_mmhg", "value": "181"}, "unfit_fact"),
        ({"name": "pregnancy_status", "value": "maybe"}, "unfit_fact"),
        ({"name": "allergies", "value": "ketamine"}, "unfit_fact"),
        ({"name": "resting_systolic_mmhg", "value": 120.5}, "invalid_payload"),
        ({"name": "allergies", "value": ["Ketamine!"]}, "invalid_payload"),
        ({"source": "hearsay"}, "invalid_payload"),
        ({"occurred_at": "2027-03-01T12:00:01Z"}, "fact_from_the_future"),
    ],
)
async def test_unfit_fact_keeps_none_of_its_request(
    clinic: Clinic, changes: dict[str, Any], slug: str
) -> None:
    patient = await clinic.register()

    answer = await clinic.post(
        f"/v1/patients/{patient}/facts", {"facts": [fact(clinic), fact(clinic, **changes)]}
    )

    assert problem(answer) == (422, slug)
    assert await clinic.service.rows("clinical_fact", clinic.network) == []


@pytest.mark.parametrize(
    ("value", "told"),
    [("clear", ["clear"]), ("reviewed_concern", ["reviewed_concern"]), (None, [])],
)
async def test_what_a_pdmp_showed_is_announced_as_a_code(
    clinic: Clinic, value: str | None, told: list[str]
) -> None:
    patient = await clinic.register()
    body = {"facts": [fact(clinic, name="pdmp_finding", value=value), fact(clinic)]}

    answer = await clinic.post(f"/v1/patients/{patient}/facts", body)

    assert answer.status_code == 201
    events = [
        one.data
        for one in await clinic.service.outboxed(clinic.network)
        if one.type == "intake.pdmp_checked.v1"
    ]
    assert [one["finding"] for one in events] == told
    assert all(one["patient_id"] == str(patient) for one in events)
