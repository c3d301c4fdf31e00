"""Two records of one person are read as one, and as two again once they are parted."""

from datetime import timedelta
from uuid import UUID, uuid4

from kairos_chassis.testing.harness import Harness
from kairos_events.intake import PatientMergedV1, PatientUnmergedV1

from ..following import announced, discharge, dose
from ..http.test_journal import begun, own, read_by, write
from ..http.test_outcomes import completed
from ..http.test_private_notes import kept_note
from ..http.test_therapy_drafts import draft_body, pen


async def merge(service: Harness, network: UUID, survivor: UUID, merged: UUID) -> None:
    now = service.clock.now()
    pair = {"surviving_patient_id": survivor, "merged_patient_id": merged}
    await service.deliver(PatientMergedV1(**pair, merged_by=uuid4(), merged_at=now), network)


async def part(service: Harness, network: UUID, survivor: UUID, merged: UUID) -> None:
    now = service.clock.now()
    pair = {"surviving_patient_id": survivor, "merged_patient_id": merged}
    await service.deliver(PatientUnmergedV1(**pair, unmerged_by=uuid4(), unmerged_at=now), network)


async def episodes_of(service: Harness, network: UUID, patient: UUID) -> int:
    async with service.client("therapist", network=network) as client:
        found = await client.get("/v1/episodes", params={"patient_id": str(patient)})
    return len(found.json()["items"])


async def test_episodes_follow_the_survivor_and_return(service: Harness, network: UUID) -> None:
    old, new, now = uuid4(), uuid4(), service.clock.now()
    await service.deliver(discharge(old, now - timedelta(days=2)), network)
    await service.deliver(discharge(new, now - timedelta(hours=2)), network)

    await merge(service, network, new, old)
    assert [await episodes_of(service, network, one) for one in (new, old)] == [2, 2]
    assert await episodes_of(service, network, uuid4()) == 0
    await part(service, network, new, old)
    assert [await episodes_of(service, network, one) for one in (new, old)] == [1, 1]
    await merge(service, network, old, new)  # the other way round, later
    assert [await episodes_of(service, network, one) for one in (new, old)] == [2, 2]


async def test_misses_under_either_record_are_in_a_row(service: Harness, network: UUID) -> None:
    old, new, now = uuid4(), uuid4(), service.clock.now()
    await service.deliver(discharge(old, now), network)
    await service.deliver(discharge(new, now), network)
    await merge(service, network, new, old)

    service.clock.advance(timedelta(hours=25))
    await service.run_due()

    rows = [
        one.data["consecutive_misses"]
        for one in await announced(service, network, "integration_missed")
    ]
    assert sorted(rows) == [1, 2]


async def test_first_dose_under_another_record_is_no_first_dose(
    service: Harness, network: UUID
) -> None:
    old, new, now = uuid4(), uuid4(), service.clock.now()
    await service.deliver(dose(old, now - timedelta(days=30)), network)
    await merge(service, network, new, old)
    before = len(await service.rows("safety_call", network))
    await service.deliver(dose(new, now), network)
    assert len(await service.rows("safety_call", network)) == before == 2


async def test_baseline_under_another_record_is_the_persons(
    service: Harness, network: UUID
) -> None:
    old, new, now = uuid4(), uuid4(), service.clock.now()
    await service.deliver(completed(old, now - timedelta(days=14), 19), network)
    await merge(service, network, new, old)
    await service.deliver(dose(new, now), network)
    await service.deliver(completed(new, now + timedelta(days=21), 9), network)

    told = await announced(service, network, "outcome_recorded")
    assert told[-1].data["change_percent"] == "-52.6"
    async with service.client("therapist", network=network) as client:
        points = (await client.get(f"/v1/patients/{new}/outcomes/phq9")).json()["points"]
        await part(service, network, new, old)
        apart = (await client.get(f"/v1/patients/{new}/outcomes/phq9")).json()["points"]
    assert [one["score"] for one in points] == ["19", "9"]
    assert [one["score"] for one in apart] == ["9"]


async def test_notes_stay_their_authors_and_follow_the_person(
    service: Harness, network: UUID
) -> None:
    old, new, author = uuid4(), uuid4(), uuid4()
    note = await kept_note(service, network, author, old)

    async def listed(who: UUID) -> list[str]:
        async with pen(service, network, who) as therapist:
            found = await therapist.get(f"/v1/patients/{new}/psychotherapy-notes")
        return [line["id"] for line in found.json()["items"]]

    await merge(service, network, new, old)
    assert await listed(author) == [note]
    assert await listed(uuid4()) == []
    await part(service, network, new, old)
    assert await listed(author) == []


async def test_journal_follows_the_person_and_parts_with_them(
    service: Harness, network: UUID
) -> None:
    old, new = await begun(service, network), await begun(service, network)
    kept = await write(service, network, old, "under the old name", audience="team")
    await write(service, network, new, "under the new name", audience="team")
    path = f"/v1/journal/entries/{kept['id']}"

    await merge(service, network, new, old)
    both = {"under the old name", "under the new name"}
    assert set(await read_by(service, network, new, "nurse")) == both
    async with own(service, network, new) as dana:
        reached = await dana.get(path)
        await part(service, network, new, old)
        parted = await dana.get(path)
    assert (reached.json()["words"], parted.status_code) == ("under the old name", 404)
    assert await read_by(service, network, new, "nurse") == ["under the new name"]


async def test_session_under_one_record_completes_the_episode_of_the_other(
    service: Harness, network: UUID
) -> None:
    old, new, now = uuid4(), uuid4(), service.clock.now()
    await service.deliver(discharge(old, now - timedelta(hours=5)), network)
    (row,) = await service.rows("episode", network)
    service.clock.advance(timedelta(hours=2))
    body = draft_body(service, new, episode_id=str(row["id"]), kind="integration")
    body |= {"ended_at": service.clock.now().isoformat(), "record": {"themes": ["grief"]}}
    async with pen(service, network, uuid4()) as therapist:
        stranger = await therapist.post("/v1/therapy-drafts", json=body)
        await merge(service, network, new, old)
        draft = await therapist.post("/v1/therapy-drafts", json=body)
        path = f"/v1/therapy-drafts/{draft.json()['id']}/signature"
        signed = await therapist.post(
            path, json={"zone": "America/Denver"}, headers={"If-Match": draft.headers["ETag"]}
        )
    assert stranger.status_code == 409
    assert signed.status_code == 200
    (row,) = await service.rows("episode", network)
    assert (row["outcome"], row["patient_id"]) == ("completed", old)
