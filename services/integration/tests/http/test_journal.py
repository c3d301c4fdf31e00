"""The journal is the patient's: private unless shared, sealed, and honest about who watches."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from integration.data import journal
from integration.domain.journal import mentions
from kairos_chassis.testing.harness import Client, Harness

from ..following import announced
from .opening import open_episode_for
from .test_therapy_sessions import body as session_body

WORDS = "The river said my name."


def own(service: Harness, network: UUID, patient: UUID) -> Client:
    return service.client("patient", network=network, patient=patient)


async def begun(service: Harness, network: UUID, *, screened: bool = False) -> UUID:
    patient = uuid4()
    async with own(service, network, patient) as dana:
        choice = {"notice_version": journal().version, "screened": screened}
        assert (await dana.post("/v1/journal/choices", json=choice)).status_code == 201
    return patient


async def write(
    service: Harness, network: UUID, patient: UUID, words: str = WORDS, **more: Any
) -> dict[str, Any]:
    async with own(service, network, patient) as dana:
        answer = await dana.post("/v1/journal/entries", json={"words": words, **more})
    assert answer.status_code == 201, answer.text
    assert words not in answer.text
    return dict(answer.json())


async def read_by(
    service: Harness, network: UUID, patient: UUID, role: str, who: UUID | None = None
) -> list[str]:
    async with service.client(role, network=network, subject=who) as client:
        items = (await client.get(f"/v1/patients/{patient}/journal")).json()["items"]
    return [item["words"] for item in items]


async def test_nobody_writes_before_the_notice_was_read(service: Harness, network: UUID) -> None:
    patient = uuid4()
    async with own(service, network, patient) as dana:
        told = (await dana.get("/v1/journal/notice")).json()
        early = await dana.post("/v1/journal/entries", json={"words": WORDS})
        stale = await dana.post(
            "/v1/journal/choices", json={"notice_version": "0", "screened": False}
        )

    assert any("Nobody watches this journal" in line for line in told["notice"])
    assert early.json()["type"] == "urn:kairos:problem:journal_notice_not_read"
    assert stale.json()["type"] == "urn:kairos:problem:journal_notice_changed"


async def test_entry_is_private_until_shared_and_again_once_taken_back(
    service: Harness, network: UUID
) -> None:
    patient = await begun(service, network)
    entry = await write(service, network, patient)
    path = f"/v1/journal/entries/{entry['id']}/sharing"
    assert await read_by(service, network, patient, "therapist") == []

    async with own(service, network, patient) as dana:
        shared = await dana.post(path, json={"audience": "team"}, headers={"If-Match": '"v1"'})
        assert await read_by(service, network, patient, "nurse") == [WORDS]
        await dana.post(
            path, json={"audience": "private"}, headers={"If-Match": shared.headers["ETag"]}
        )

    assert await read_by(service, network, patient, "nurse") == []


async def test_shared_with_the_therapist_is_read_by_who_treats_the_patient_only(
    service: Harness, network: UUID
) -> None:
    patient, _ = await open_episode_for(service, network)
    async with own(service, network, patient) as dana:
        choice = {"notice_version": journal().version, "screened": False}
        await dana.post("/v1/journal/choices", json=choice)
    await write(service, network, patient, audience="therapist")
    treating = uuid4()
    body = session_body(service, patient, None, practitioner_id=str(treating))
    async with service.client("therapist", network=network, subject=treating) as shah:
        assert (await shah.post("/v1/therapy-sessions", json=body)).status_code == 201

    assert await read_by(service, network, patient, "therapist", treating) == [WORDS]
    assert await read_by(service, network, patient, "therapist") == []
    assert await read_by(service, network, patient, "medical_director") == []


async def test_another_patient_reaches_nothing(service: Harness, network: UUID) -> None:
    patient, other = await begun(service, network), await begun(service, network)
    entry = await write(service, network, patient, audience="team")
    path = f"/v1/journal/entries/{entry['id']}"

    async with own(service, network, other) as eve:
        answers = [
            await eve.get(path),
            await eve.post(
                f"{path}/sharing", json={"audience": "team"}, headers={"If-Match": '"v1"'}
            ),
            await eve.post(f"{path}/removal", headers={"If-Match": '"v1"'}),
        ]
        listed = (await eve.get("/v1/journal/entries")).json()["items"]
        foreign = await eve.get(f"/v1/patients/{patient}/journal")

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert listed == []
    assert foreign.status_code == 403


async def test_removed_words_are_gone(service: Harness, network: UUID) -> None:
    patient = await begun(service, network)
    entry = await write(service, network, patient, audience="team")
    path = f"/v1/journal/entries/{entry['id']}"

    async with own(service, network, patient) as dana:
        removed = await dana.post(f"{path}/removal", headers={"If-Match": '"v1"'})
        again = await dana.get(path)
        twice = await dana.post(f"{path}/removal", headers={"If-Match": removed.headers["ETag"]})

    assert removed.status_code == 200
    assert again.status_code == 404
    assert twice.json()["type"] == "urn:kairos:problem:journal_entry_removed"
    assert await read_by(service, network, patient, "nurse") == []
    (row,) = await service.rows("journal_entry", network)
    assert row["sealed"] is None


@pytest.mark.parametrize("screened", [True, False])
async def test_terms_of_crisis_are_looked_for_only_where_the_patient_wants_it(
    service: Harness, network: UUID, screened: bool
) -> None:
    patient = await begun(service, network, screened=screened)
    entry = await write(service, network, patient, "Some nights I want to DIE.")

    raised = await announced(service, network, "red_flag_raised")
    assert [(r.data["kind"], r.data["origin"]) for r in raised] == (
        [("suicidality", "journal_screen")] if screened else []
    )
    assert bool(entry["help"]) is screened
    assert entry["screened"] is screened


@pytest.mark.parametrize(
    ("words", "alarming"),
    [
        ("I want to die", True),
        ("i  WANT\nto   die!!", True),
        ("I can\N{RIGHT SINGLE QUOTATION MARK}t go on living like this", True),
        ("No quiero vivir así", True),
        ("quiero hacerme daño", True),
        ("I dived into the river and want to dye my hair", False),
        ("the old self has to go", False),
        ("", False),
    ],
)
def test_terms_are_found_as_whole_words_whatever_case_and_accents(
    words: str, alarming: bool
) -> None:
    assert mentions(words, journal().terms) is alarming
