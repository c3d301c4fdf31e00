"""Psychotherapy notes are their author's alone, in the API, in the database and on the disk."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from integration.data import note_prompts
from integration.store.notes_tables import metadata
from kairos_chassis.testing.harness import Client, Harness
from sqlalchemy import inspect, pool
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine

WORDS = "Her father's watch; I felt my own grief in the room."


def pen(service: Harness, network: UUID, who: UUID) -> Client:
    return service.client("therapist", network=network, subject=who)


def facts(**present: str | None) -> list[dict[str, Any]]:
    return [
        {"fact": fact, "present": fact in present, "charted_in": present.get(fact)}
        for fact in note_prompts().questions
    ]


def note(**changes: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "words": WORDS, "safety_facts": facts(), **changes}


async def kept_note(service: Harness, network: UUID, author: UUID, patient: UUID) -> str:
    async with pen(service, network, author) as shah:
        path = f"/v1/patients/{patient}/psychotherapy-notes"
        answer = await shah.post(path, json=note())
    assert answer.status_code == 201, answer.text
    assert WORDS not in answer.text
    return str(answer.json()["id"])


async def test_author_reads_the_note_and_nobody_else_knows_of_it(
    service: Harness, network: UUID
) -> None:
    author, patient = uuid4(), uuid4()
    kept = await kept_note(service, network, author, patient)

    async with pen(service, network, author) as shah:
        own = await shah.get(f"/v1/psychotherapy-notes/{kept}")
        listed = await shah.get(f"/v1/patients/{patient}/psychotherapy-notes")
    assert own.json()["words"] == WORDS
    assert [line["id"] for line in listed.json()["items"]] == [kept]

    for who in (pen(service, network, uuid4()), pen(service, uuid4(), author)):
        async with who as other:
            foreign = await other.get(f"/v1/psychotherapy-notes/{kept}")
            missing = await other.get(f"/v1/psychotherapy-notes/{uuid4()}")
            listed = await other.get(f"/v1/patients/{patient}/psychotherapy-notes")
        assert foreign.status_code == missing.status_code == 404
        assert foreign.json()["type"] == missing.json()["type"]
        assert listed.json()["items"] == []


@pytest.mark.parametrize(
    "role",
    ["prescriber", "nurse", "medical_director", "ops_admin", "privacy_officer", "front_desk"],
)
async def test_no_other_role_opens_a_note_not_even_its_author_in_that_role(
    service: Harness, network: UUID, role: str
) -> None:
    author, patient = uuid4(), uuid4()
    kept = await kept_note(service, network, author, patient)

    async with service.client(role, network=network, subject=author) as client:
        assert (await client.get(f"/v1/psychotherapy-notes/{kept}")).status_code == 403


async def test_the_services_own_role_cannot_read_the_notes(service: Harness, network: UUID) -> None:
    await kept_note(service, network, uuid4(), uuid4())

    own = await asyncpg.connect(service.database.runtime_url)
    try:
        for table in ("psychotherapy_note", "data_key"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await own.fetch(f"SELECT * FROM notes.{table}")
    finally:
        await own.close()


async def test_the_notes_role_sees_only_what_the_named_author_wrote(
    service: Harness, network: UUID
) -> None:
    author = uuid4()
    await kept_note(service, network, author, uuid4())
    role = await asyncpg.connect(service.database.url_as("integration_notes"))

    async def seen(**settings: UUID) -> int:
        async with role.transaction():
            for name, value in settings.items():
                await role.execute(f"SET LOCAL kairos.{name} = '{value}'")
            return int(await role.fetchval("SELECT count(*) FROM notes.psychotherapy_note"))

    try:
        assert await seen(network=network, author=author) == 1
        assert await seen(network=network, author=uuid4()) == 0
        assert await seen(network=uuid4(), author=author) == 0
        assert await seen(network=network) == 0
        assert await seen() == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.fetch("SELECT * FROM public.therapy_session")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.execute("UPDATE notes.psychotherapy_note SET sealed = ''")
    finally:
        await role.close()


async def test_words_moved_to_another_row_or_under_another_key_do_not_open(
    service: Harness, network: UUID
) -> None:
    author, patient = uuid4(), uuid4()
    first = await kept_note(service, network, author, patient)
    second = await kept_note(service, network, author, patient)
    admin = await asyncpg.connect(service.database.admin_url)
    try:
        moved = (
            "UPDATE notes.psychotherapy_note SET sealed = (SELECT sealed FROM "
            "notes.psychotherapy_note WHERE id = $1) WHERE id = $2"
        )
        await admin.execute(moved, UUID(first), UUID(second))
    finally:
        await admin.close()

    async with pen(service, network, author) as shah:
        assert (await shah.get(f"/v1/psychotherapy-notes/{first}")).status_code == 200
        spoilt = await shah.get(f"/v1/psychotherapy-notes/{second}")
    assert spoilt.status_code == 500
    assert WORDS not in spoilt.text


async def test_each_author_has_a_key_of_their_own_for_each_patient(
    service: Harness, network: UUID
) -> None:
    one, two, dana, eve = (uuid4() for _ in range(4))
    for author, patient in ((one, dana), (one, dana), (one, eve), (two, dana)):
        await kept_note(service, network, author, patient)

    keys = await service.rows("notes.data_key", network)

    assert len(keys) == 3
    assert len({bytes(key["sealed_key"]) for key in keys}) == 3


async def test_what_belongs_in_the_chart_is_asked_for_and_must_be_there(
    service: Harness, network: UUID
) -> None:
    patient, path = uuid4(), "/v1/patients/{}/psychotherapy-notes"
    async with pen(service, network, uuid4()) as shah:
        asked = (await shah.get("/v1/psychotherapy-note-prompts")).json()["items"]
        silent = await shah.post(path.format(patient), json=note(safety_facts=[]))
        bare = await shah.post(
            path.format(patient), json=note(safety_facts=facts(suicidality=None))
        )
        stray = await shah.post(
            path.format(patient), json=note(safety_facts=facts(suicidality=str(uuid4())))
        )
        flag = await shah.post(
            "/v1/red-flags",
            json={"patient_id": str(patient), "kind": "suicidality", "severity": "high"},
        )
        charted = facts(suicidality=flag.json()["id"])
        good = await shah.post(path.format(patient), json=note(safety_facts=charted))
        other = await shah.post(path.format(uuid4()), json=note(safety_facts=charted))

    assert {prompt["fact"] for prompt in asked} >= {"suicidality", "abuse", "adverse_event"}
    assert silent.json()["type"] == "urn:kairos:problem:safety_facts_unanswered"
    for refused in (bare, stray, other):
        assert refused.json()["type"] == "urn:kairos:problem:safety_fact_not_charted"
        assert refused.json()["rules"] == ["suicidality"]
    assert good.status_code == 201


async def test_a_note_sent_twice_is_one_note(service: Harness, network: UUID) -> None:
    author, patient, body = uuid4(), uuid4(), note()
    path = f"/v1/patients/{patient}/psychotherapy-notes"
    async with pen(service, network, author) as shah:
        answers = [await shah.post(path, json=body) for _ in range(2)]
        service.clock.advance(timedelta(minutes=1))
        other = await shah.post(path, json={**body, "words": "other words"})
    async with pen(service, network, uuid4()) as stranger:
        taken = await stranger.post(path, json=body)

    assert [answer.status_code for answer in answers] == [201, 201]
    assert other.json()["type"] == taken.json()["type"] == "urn:kairos:problem:note_id_taken"
    assert len(await service.rows("notes.psychotherapy_note", network)) == 1


async def test_migrations_make_the_declared_tables_of_notes(service: Harness) -> None:
    address = make_url(service.database.owner_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(address, poolclass=pool.NullPool)

    def columns(connection: Connection) -> dict[str, set[tuple[str, bool]]]:
        looked = inspect(connection)
        return {
            name: {(c["name"], c["nullable"]) for c in looked.get_columns(name, schema="notes")}
            for name in looked.get_table_names(schema="notes")
        }

    async with engine.connect() as connection:
        found = await connection.run_sync(columns)
    await engine.dispose()

    assert found == {
        table.name: {(column.name, bool(column.nullable)) for column in table.columns}
        for table in metadata.tables.values()
    }
