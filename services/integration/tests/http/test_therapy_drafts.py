"""A record is written by those who led the session, signed once, and loses nobody's words."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from kairos_chassis.testing.harness import Client, Harness

from ..following import announced, dose
from .opening import open_episode_for

FULL = {
    "themes": ["grief"],
    "insights": ["it can be met"],
    "difficulties": [{"experience": "fear of dissolving", "resolution": "breath, a hand"}],
    "commitments": [{"behaviour": "write every morning", "confidence": 7}],
    "practices": [{"practice": "meditation", "times_per_week": 5, "confidence": 6}],
    "red_flags": [{"kind": "craving", "severity": "moderate"}],
    "narrative": "She met her grief without running.",
}


def draft_body(service: Harness, patient: UUID, **changes: Any) -> dict[str, Any]:
    now = service.clock.now()
    return {
        "patient_id": str(patient),
        "kind": "integration",
        "started_at": (now - timedelta(minutes=60)).isoformat(),
        "ended_at": (now - timedelta(minutes=5)).isoformat(),
        **changes,
    }


def pen(service: Harness, network: UUID, who: UUID) -> Client:
    return service.client("therapist", network=network, subject=who)


async def test_signature_makes_the_record_and_everything_that_follows(
    service: Harness, network: UUID
) -> None:
    patient, episode = await open_episode_for(service, network)
    service.clock.advance(timedelta(hours=20))
    body = draft_body(service, patient, episode_id=str(episode), record=FULL)

    async with pen(service, network, uuid4()) as shah:
        draft = await shah.post("/v1/therapy-drafts", json=body)
        read = {"If-Match": draft.headers["ETag"]}
        path = f"/v1/therapy-drafts/{draft.json()['id']}"
        signed = await shah.post(f"{path}/signature", json={"zone": "America/Denver"}, headers=read)
        assert signed.status_code == 200, signed.text
        session = signed.json()["therapy_session_id"]
        record = (await shah.get(f"/v1/therapy-sessions/{session}")).json()
        closed = (await shah.get(f"/v1/episodes/{episode}")).json()
        promised = (await shah.get(f"/v1/patients/{patient}/commitments")).json()["items"]
        later = {"If-Match": signed.headers["ETag"]}
        again = await shah.patch(path, json={"record": {}}, headers=later)

    assert record["record"]["narrative"] == FULL["narrative"]
    assert record["themes"] == ["grief"]
    assert closed["outcome"] == "completed"
    assert [(c["behaviour"], c["practice"]) for c in promised] == [
        ("write every morning", None),
        ("meditation", "meditation"),
    ]
    (flag,) = await announced(service, network, "red_flag_raised")
    assert (flag.data["kind"], flag.data["origin"]) == ("craving", "therapy_session")
    assert again.json()["type"] == "urn:kairos:problem:draft_ended"


async def test_unfinished_record_is_not_signed_and_says_what_is_missing(
    service: Harness, network: UUID
) -> None:
    body = draft_body(service, uuid4(), kind="preparation", ended_at=None)
    async with pen(service, network, uuid4()) as shah:
        draft = await shah.post("/v1/therapy-drafts", json=body)
        answer = await shah.post(
            f"/v1/therapy-drafts/{draft.json()['id']}/signature",
            json={},
            headers={"If-Match": '"v1"'},
        )

    assert answer.json()["type"] == "urn:kairos:problem:record_unfinished"
    assert answer.json()["rules"] == ["goals", "intention", "ended_at"]
    assert await service.rows("therapy_session", network) == []


async def test_two_people_editing_the_same_draft_lose_nobodys_words(
    service: Harness, network: UUID
) -> None:
    shah, lind = uuid4(), uuid4()
    body = draft_body(service, uuid4(), co_therapists=[str(lind)])
    async with pen(service, network, shah) as first, pen(service, network, lind) as second:
        started = await first.post("/v1/therapy-drafts", json=body)
        path, read = f"/v1/therapy-drafts/{started.json()['id']}", {"If-Match": '"v1"'}
        mine = {"record": {"themes": ["grief"]}}
        theirs = {"record": {"themes": ["her father"]}}

        answers = await asyncio.gather(
            first.patch(path, json=mine, headers=read),
            second.patch(path, json=theirs, headers=read),
        )

        assert sorted(answer.status_code for answer in answers) == [200, 412]
        loser, words = (second, theirs) if answers[0].status_code == 200 else (first, mine)
        now = await loser.get(path)
        joined = now.json()["record"]["themes"] + words["record"]["themes"]
        merged = await loser.patch(
            path,
            json={"record": {"themes": joined}},
            headers={"If-Match": now.headers["ETag"]},
        )
        assert sorted(merged.json()["record"]["themes"]) == ["grief", "her father"]
        kept = (await first.get(f"{path}/versions")).json()["items"]

    assert [one["number"] for one in kept] == [1, 2, 3]
    assert kept[1]["record"]["themes"] in (["grief"], ["her father"])


async def test_what_was_overwritten_can_still_be_read(service: Harness, network: UUID) -> None:
    async with pen(service, network, uuid4()) as shah:
        body = draft_body(service, uuid4(), record={"narrative": "first words"})
        started = await shah.post("/v1/therapy-drafts", json=body)
        path = f"/v1/therapy-drafts/{started.json()['id']}"
        saved = await shah.patch(
            path, json={"record": {"narrative": "others"}}, headers={"If-Match": '"v1"'}
        )
        gone = await shah.post(f"{path}/discard", headers={"If-Match": saved.headers["ETag"]})
        kept = (await shah.get(f"{path}/versions")).json()["items"]

    assert gone.json()["state"] == "discarded"
    assert [one["record"]["narrative"] for one in kept] == ["first words", "others"]


async def test_draft_is_unknown_to_everybody_else(service: Harness, network: UUID) -> None:
    async with pen(service, network, uuid4()) as shah:
        started = await shah.post("/v1/therapy-drafts", json=draft_body(service, uuid4()))
    path = f"/v1/therapy-drafts/{started.json()['id']}"

    async with pen(service, network, uuid4()) as other:
        read = await other.get(path)
        write = await other.patch(path, json={"record": {}}, headers={"If-Match": '"v1"'})
        missing = await other.get(f"/v1/therapy-drafts/{uuid4()}")

    assert read.status_code == write.status_code == missing.status_code == 404
    assert read.json()["type"] == missing.json()["type"]


async def test_only_the_author_signs_and_co_therapists_sign_after_them_until_the_lock(
    service: Harness, network: UUID
) -> None:
    shah, lind, late = uuid4(), uuid4(), uuid4()
    body = draft_body(
        service, uuid4(), co_therapists=[str(lind), str(late)], record={"themes": ["grief"]}
    )
    async with pen(service, network, shah) as author, pen(service, network, lind) as second:
        started = await author.post("/v1/therapy-drafts", json=body)
        path, read = f"/v1/therapy-drafts/{started.json()['id']}", {"If-Match": '"v1"'}
        refused = await second.post(f"{path}/signature", json={}, headers=read)
        signed = await author.post(f"{path}/signature", json={}, headers=read)
        session = f"/v1/therapy-sessions/{signed.json()['therapy_session_id']}"
        own = await author.post(f"{session}/cosignatures")
        good = await second.post(f"{session}/cosignatures")
        twice = await second.post(f"{session}/cosignatures")
        service.clock.advance(timedelta(hours=73))
    async with pen(service, network, late) as third:
        locked = await third.post(f"{session}/cosignatures")
        added = await third.post(
            f"{session}/addenda", json={"kind": "correction", "words": "It was her mother."}
        )
        record = (await third.get(session)).json()
    async with pen(service, network, uuid4()) as stranger:
        foreign = await stranger.post(
            f"{session}/addenda", json={"kind": "addition", "words": "I was not there."}
        )

    assert (refused.status_code, own.status_code, good.status_code) == (403, 403, 201)
    assert twice.json()["type"] == "urn:kairos:problem:already_cosigned"
    assert locked.json()["type"] == "urn:kairos:problem:session_locked"
    assert added.status_code == 201
    assert foreign.status_code == 403
    assert record["locked"] is True
    assert record["cosigned_by"] == [str(lind)]
    assert [one["words"] for one in record["addenda"]] == ["It was her mother."]
    assert record["themes"] == ["grief"]


async def test_next_preparation_shows_what_was_intended_learned_and_promised(
    service: Harness, network: UUID
) -> None:
    patient, shah = uuid4(), uuid4()
    preparation = {"goals": ["sleep"], "intention": "meet grief without running"}
    for kind, record in (("preparation", preparation), ("integration", FULL)):
        body = draft_body(service, patient, kind=kind, record=record)
        async with pen(service, network, shah) as client:
            draft = await client.post("/v1/therapy-drafts", json=body)
            path = f"/v1/therapy-drafts/{draft.json()['id']}/signature"
            answer = await client.post(path, json={}, headers={"If-Match": '"v1"'})
            assert answer.status_code == 200, answer.text
        service.clock.advance(timedelta(days=1))

    async with pen(service, network, shah) as client:
        found = (await client.get(f"/v1/patients/{patient}/carried-forward")).json()

    assert found["intention"] == preparation["intention"]
    assert found["goals"] == ["sleep"]
    assert [one["words"] for one in found["insights"]] == ["it can be met"]
    assert [one["behaviour"] for one in found["commitments"]] == [
        "write every morning",
        "meditation",
    ]


async def test_record_says_how_long_after_the_dose_it_was(service: Harness, network: UUID) -> None:
    patient = uuid4()
    await service.deliver(dose(patient, service.clock.now()), network)
    service.clock.advance(timedelta(hours=23))
    async with pen(service, network, uuid4()) as shah:
        body = draft_body(service, patient, record={"themes": ["grief"]})
        draft = await shah.post("/v1/therapy-drafts", json=body)
        path = f"/v1/therapy-drafts/{draft.json()['id']}/signature"
        signed = await shah.post(path, json={}, headers={"If-Match": '"v1"'})
        session = signed.json()["therapy_session_id"]
        record = (await shah.get(f"/v1/therapy-sessions/{session}")).json()

    assert record["hours_since_dose"] == 22


async def test_modality_without_a_template_is_refused(service: Harness, network: UUID) -> None:
    async with pen(service, network, uuid4()) as shah:
        body = draft_body(service, uuid4(), modality="shouting")
        refused = await shah.post("/v1/therapy-drafts", json=body)
        known = (await shah.get("/v1/therapy-templates")).json()["items"]

    assert refused.json()["type"] == "urn:kairos:problem:unknown_modality"
    assert {"general", "ifs", "act"} <= {one["modality"] for one in known}
