"""Who cares for a patient: named by those who may, told to the other services, holds at once."""

from uuid import uuid4

from .steps import Clinic, problem


async def test_team_is_named_told_and_holds_at_once(clinic: Clinic) -> None:
    patient = await clinic.register()
    path, member, other = f"/v1/patients/{patient}/care-team-changes", uuid4(), uuid4()
    async with (
        clinic.client("prescriber") as prescriber,
        clinic.client("nurse", subject=member) as nurse,
        clinic.client("nurse", subject=other) as stranger,
    ):
        facts = f"/v1/patients/{patient}/facts"
        assert (await stranger.get(facts)).status_code == 200
        joined = await prescriber.post(path, json={"joins": [str(member)]})
        assert joined.json() == {"patient_id": str(patient), "version": 1, "members": [str(member)]}
        assert (await nurse.get(facts)).status_code == 200
        assert problem(await stranger.get(facts)) == (403, "not_in_care_team")
        again = await prescriber.post(path, json={"joins": [str(member)]})
        assert again.json()["version"] == 1
        left = await prescriber.post(path, json={"leaves": [str(member)]})
        assert left.json()["members"] == []
        assert problem(await nurse.get(facts)) == (403, "not_in_care_team")
        told = (await nurse.get(f"/v1/patients/{patient}/care-team")).json()
        assert (told["version"], told["members"]) == (2, [])
    events = [
        one.data
        for one in await clinic.service.outboxed(clinic.network)
        if one.type == "intake.care_team_changed.v1"
    ]
    assert [(one["team_version"], one["members"]) for one in events] == [
        (1, [str(member)]),
        (2, []),
    ]


async def test_team_is_named_by_who_may_and_of_patients_there_are(clinic: Clinic) -> None:
    await clinic.register()
    body = {"joins": [str(uuid4())]}
    async with clinic.client("nurse") as nurse, clinic.client("prescriber") as prescriber:
        path = f"/v1/patients/{clinic.patient}/care-team-changes"
        assert problem(await nurse.post(path, json=body)) == (403, "not_permitted")
        missing = await prescriber.post(f"/v1/patients/{uuid4()}/care-team-changes", json=body)
        assert problem(missing) == (404, "patient_not_found")
        many = {"joins": [str(uuid4()) for _ in range(200)]}
        assert (await prescriber.post(path, json=many)).status_code == 200
        assert problem(await prescriber.post(path, json=body)) == (409, "team_too_large")
