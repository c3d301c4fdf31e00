"""Who a patient is rests sealed and is found by hashes; what is erased is erased in copies too."""

import argparse
import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from intake.domain.finding import words_of
from intake.operations import verbs
from intake.store import patients
from intake.store.identity import _HAVE
from intake.wiring import SERVICE
from kairos_chassis import patient_keys
from kairos_chassis.blind_index import BlindIndex
from kairos_chassis.clock import FrozenClock
from kairos_chassis.db import Database
from kairos_chassis.key_ring import FileKeyRing, UnknownKeyError
from kairos_chassis.operations import Answer
from kairos_chassis.operations.patient_keys import StillWraps, keys_verb
from kairos_chassis.patient_keys import PatientErased, key_of
from kairos_chassis.testing.databases import Databases
from kairos_chassis.testing.harness import Harness, running
from kairos_chassis.words import PURPOSE

from ..conftest import NOON
from ..http.steps import DANA, Clinic
from ..http.test_fhir import load, resource
from ..http.test_rights import request, settle

SECRETS = (
    b"Canary",
    b"Dana",
    b"1984-06-02",
    b"5550142",
    b"5550111",
    b"MRN-77",
    b"words of",
    b"she wed",
)
LATER_DAYS = 3653
ELI = {"given_name": "Eli", "family_name": "Marsh", "born_on": "1990-05-05", "phone": None}


@pytest.fixture
async def service(databases: Databases, tmp_path: Path) -> AsyncIterator[Harness]:
    """Intake over a database and a ring of its own, which tests take apart."""
    database = await databases.make("intake")
    async with running(SERVICE, database, FrozenClock(NOON), tmp_path) as started:
        yield started


@pytest.fixture
def ring(tmp_path: Path, service: Harness) -> FileKeyRing:
    return FileKeyRing(tmp_path / "ring.json")


async def run(service: Harness, name: str, *words: str) -> Answer:
    own = (*verbs, keys_verb(SERVICE.indexed))
    (verb,) = (one for one in own if one.name == name)
    parser = argparse.ArgumentParser()
    verb.arguments(parser)

    @asynccontextmanager
    async def connect() -> AsyncIterator[Database]:
        yield service.db

    return await verb.act(parser.parse_args(list(words), argparse.Namespace(verb=name)), connect)


@asynccontextmanager
async def admin_of(service: Harness) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(service.database.admin_url)
    try:
        yield connection
    finally:
        await connection.close()


async def dump(service: Harness) -> dict[str, bytes]:
    """Every table as COPY writes it."""
    async with admin_of(service) as admin:
        names = await admin.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        copies: dict[str, bytes] = {}
        for (name,) in names:
            out = io.BytesIO()
            await admin.copy_from_query(f"SELECT * FROM {name}", output=out)
            copies[name] = out.getvalue()
        return copies


def told(copies: dict[str, bytes]) -> list[str]:
    """Where a dump says something of the patient, in clear."""
    return [
        f"{name}: {one.decode()}" for name, copy in copies.items() for one in SECRETS if one in copy
    ]


async def everything_about_dana(clinic: Clinic) -> str:
    """Each way in which intake is told who somebody is."""
    dana = await clinic.register()
    await clinic.screen(bipolar_history=True)
    found = await clinic.evaluate()
    why = {"reason": "specialist_consulted", "note": "words of hers: she wed"}
    await clinic.decide(found, attestations=[{"rule": "C13", **why}])
    await clinic.screen(psychosis_history=True)
    over = {"evaluation_id": (await clinic.evaluate())["id"], "overrides": [{"rule": "C11", **why}]}
    await clinic.post(f"/v1/patients/{dana}/override-proposals", over)
    contact = {"kind": "escort", "name": "Sam Canary", "phone": "+13035550111",
               "relationship": "they wed"}  # fmt: skip
    await clinic.post(f"/v1/patients/{dana}/contacts", contact)
    identifier = {"system": "urn:oid:1.2.3", "value": "MRN-77"}
    assert (await clinic.post(f"/v1/patients/{dana}/identifiers", identifier)).status_code == 201
    referral = {"indication": "treatment_resistant_depression", "reason": "words of Canary",
                "referrer_name": "Dr Canary"}  # fmt: skip
    path = (await clinic.post("/v1/referrals", referral)).headers["Location"]
    etag = (await clinic.get(path)).headers["ETag"]
    accepted = {"status": "accepted", "patient_id": dana}
    moved = await clinic.post(f"{path}/status", accepted, headers={"If-Match": etag})
    assert moved.json()["referrer_name"] == "Dr Canary"
    letter = resource("DocumentReference", "MRN-77", status="current", description="Canary")
    assert (await load(clinic, letter)).status_code == 201
    etag = (await clinic.get(f"/v1/patients/{dana}")).headers["ETag"]
    async with clinic.client("front_desk") as desk:
        changed = await desk.patch(
            f"/v1/patients/{dana}", json={"preferred_language": "es"}, headers={"If-Match": etag}
        )
    assert changed.json()["family_name"] == "Canary"
    return dana


async def search(clinic: Clinic, query: str) -> list[str]:
    found = await clinic.get(f"/v1/patients?{query}")
    assert found.status_code == 200, found.text
    return [one["id"] for one in found.json()["items"]]


def rows_of(copy: bytes) -> Iterator[list[str]]:
    for line in copy.decode().splitlines():
        yield line.split("\t")


def tokens_in(copies: dict[str, bytes]) -> set[bytes]:
    return {bytes.fromhex(row[1][3:]) for row in rows_of(copies["patient_token"])}


def guessed(ring: FileKeyRing, network: UUID, person: Any) -> set[bytes]:
    """What an attacker makes who has the ring and guesses who it was."""
    index = BlindIndex(ring, network)
    words = words_of(person, ["MRN-77"])
    return {token for name in ring.names for token in index.tokens(words, name)}


async def test_dump_from_before_an_erasure_says_nothing_with_the_ring_that_is_left(
    service: Harness, ring: FileKeyRing, network: UUID, tmp_path: Path
) -> None:
    clinic = Clinic(service, network)
    dana = await everything_about_dana(clinic)
    async with service.db.transaction(network) as tx:
        person = await patients.find(tx, UUID(dana))
    eli = await clinic.register(**ELI)
    clinic.patient = dana
    made = await request(clinic, "erasure", "words of hers")
    yesterday = await dump(service)
    first = ring.current
    assert told(yesterday) == []
    # The twin: with the key of then, whoever guesses well is told that the guess is right.
    assert guessed(ring, network, person) <= tokens_in(yesterday)

    service.clock.advance(timedelta(days=LATER_DAYS))
    assert (await settle(clinic, made, "done", "done_as_asked")).json()["status"] == "done"
    with pytest.raises(StillWraps):
        await run(service, "patient-keys", "retire", first, "--ring", str(tmp_path / "ring.json"))
    for act, name in (("rotate", "next"), ("retire", first)):
        await run(service, "patient-keys", act, name, "--ring", str(tmp_path / "ring.json"))

    assert not guessed(ring, network, person) & tokens_in(yesterday)
    keys = [row for row in rows_of(yesterday["patient_key"]) if row[1] == dana]
    assert keys
    for row in keys:
        with pytest.raises(UnknownKeyError):
            ring.key(row[3])
    today = await dump(service)
    assert told(today) == []
    assert dana not in {row[2] for row in rows_of(today["patient_token"])}
    assert await search(clinic, "name=mar") == [eli]


async def test_dump_with_a_name_in_clear_is_found(service: Harness, network: UUID) -> None:
    await Clinic(service, network).register()
    async with admin_of(service) as admin:
        await admin.execute("UPDATE patient SET family_name = 'Canary'")
    assert told(await dump(service)) == ["patient: Canary"]


async def test_names_are_found_by_an_index_and_nothing_else_is_read(
    service: Harness, network: UUID
) -> None:
    """Row-level security lets an index be used only where its operator cannot leak."""
    clinic = Clinic(service, network)
    await clinic.register()
    async with service.db.transaction(network) as tx:
        await tx.connection.execute("SET LOCAL enable_seqscan = off")
        sought = ([b"0" * 16], [0], 1, 50, None)
        rows = await tx.connection.fetch(f"EXPLAIN {_HAVE.sql}", *sought)
    plan = "\n".join(row[0] for row in rows)
    assert "token = " in plan
    assert "Seq Scan on patient_token" not in plan


async def test_search_finds_a_name_from_the_beginning_of_any_word(
    service: Harness, network: UUID
) -> None:
    clinic = Clinic(service, network)
    jose = await clinic.register(
        given_name="José Luis", family_name="O'Neill-García", born_on="1961-02-03", phone=None
    )
    for sought in ("jo", "jose l", "José Luis O", "luis", "neill-g", "GARC", "o'n", "garcía"):
        assert await search(clinic, f"name={sought}") == [jose], sought
    for other in ("ose", "luis jo", "garciaz"):
        assert await search(clinic, f"name={other}") == [], other


async def test_clear_rows_are_found_until_all_are_sealed_and_then_clear_no_more(
    service: Harness, network: UUID
) -> None:
    clinic = Clinic(service, network)
    async with admin_of(service) as admin:
        await admin.execute("DELETE FROM identity_sealing")  # as in an upgrade
    dana = await clinic.register()
    identifier = {"system": "urn:oid:1.2.3", "value": "MRN-77"}
    async with admin_of(service) as admin:  # as the release before writes
        await admin.execute("DELETE FROM patient_token")
        await admin.execute(
            "INSERT INTO patient_identifier (id, network_id, patient_id, system, value,"
            " recorded_at) VALUES ($1, $2, $3, $4, $5, now())",
            uuid4(), network, UUID(dana), identifier["system"], identifier["value"],
        )  # fmt: skip
    assert "patient: Canary" in told(await dump(service))

    async def is_found() -> None:
        for query in (
            "name=canary",
            "born_on=1984-06-02",
            "phone=%2B13035550142",
            "identifier=MRN-77",
        ):
            assert await search(clinic, query) == [dana], query
        assert (await clinic.post("/v1/patients", DANA)).status_code == 409
        repeated = await clinic.post(f"/v1/patients/{dana}/identifiers", identifier)
        assert repeated.status_code == 201

    await is_found()
    sealed = await run(service, "identity", "seal")
    assert sealed.document == {"sealed": 1}
    await is_found()
    assert told(await dump(service)) == []
    assert (await run(service, "identity", "seal")).document == {"sealed": 0}


async def test_keys_and_hashes_are_rotated_while_patients_are_registered_and_sought(
    service: Harness, ring: FileKeyRing, network: UUID, tmp_path: Path
) -> None:
    clinic = Clinic(service, network)
    names = [f"{a}{b}ski" for a in "BCDFG" for b in ("ara", "olo")]
    known = {
        name: await clinic.register(family_name=name, born_on=f"19{50 + place}-01-01", phone=None)
        for place, name in enumerate(names)
    }
    first, path = ring.current, str(tmp_path / "ring.json")

    async def seek() -> None:
        for _ in range(3):
            for name, one in known.items():
                assert one in await search(clinic, f"name={name}")

    async def register() -> None:
        for place in range(15):
            new = f"Zeta{place}"
            body = {**DANA, "given_name": new, "family_name": f"{new}x", "phone": None,
                    "born_on": f"19{20 + place}-07-07"}  # fmt: skip
            made = await clinic.post("/v1/patients", body)
            assert made.status_code == 201, made.text
            twin = await clinic.post("/v1/patients", body)
            assert twin.status_code == 409

    await asyncio.gather(
        seek(), register(), run(service, "patient-keys", "rotate", "next", "--ring", path), seek()
    )
    await run(service, "patient-keys", "rotate", "next", "--ring", path)
    status = (await run(service, "patient-keys", "status", "--ring", path)).document
    assert status["indexed"] == {"next": len(known) + 15}
    await run(service, "patient-keys", "retire", first, "--ring", path)
    await seek()
    assert (await clinic.post("/v1/patients", {**DANA, "family_name": names[0],
            "born_on": "1950-01-01", "phone": None})).status_code == 409  # fmt: skip


async def test_whom_a_restored_copy_brings_back_is_erased_again_by_the_ledger(
    service: Harness, ring: FileKeyRing, network: UUID, tmp_path: Path
) -> None:
    clinic = Clinic(service, network)
    dana = await everything_about_dana(clinic)
    eli = await clinic.register(**ELI)
    async with service.db.transaction(network) as tx:  # gone from the newest copy of the keys
        await tx.flush()
        await patient_keys.destroy(tx, UUID(dana))
    shown = (await clinic.get(f"/v1/patients/{dana}")).json()
    assert (shown["given_name"], shown["phone"]) == ("erased", None)
    assert dana in {row[2] for row in rows_of((await dump(service))["patient_token"])}  # the twin

    ledger = tmp_path / "ledger"
    ledger.write_text("\n".join((await run(service, "patient-keys", "erased")).lines))
    done = await run(service, "identity", "erase-again", "--ledger", str(ledger))
    assert done.document == {"in_ledger": 1, "erased_again": 1}
    assert (await run(service, "identity", "erase-again")).document["erased_again"] == 0

    copies = await dump(service)
    assert dana not in {row[2] for row in rows_of(copies["patient_token"])}
    assert {
        row["id"]: row["erased_at"] is None for row in await service.rows("patient", network)
    } == {
        UUID(dana): False,
        UUID(eli): True,
    }
    events = [
        e.data for e in await service.outboxed(network) if e.type == "intake.patient_erased.v1"
    ]
    assert [one["patient_id"] for one in events] == [dana]


async def test_erasing_a_survivor_erases_what_was_merged_into_it(
    service: Harness, network: UUID
) -> None:
    clinic = Clinic(service, network)
    merged = await clinic.register(given_name="Dane", phone="+13035550111")
    survivor = await clinic.register()
    other = await clinic.register(**ELI)
    body = {"merged_patient_id": merged, "reason": "registered_twice"}
    assert (await clinic.post(f"/v1/patients/{survivor}/merges", body)).status_code == 201
    clinic.patient = merged
    of_merged = await request(clinic, "erasure")
    clinic.patient = survivor
    of_survivor = await request(clinic, "erasure")
    service.clock.advance(timedelta(days=LATER_DAYS))

    hold = f"/v1/patients/{merged}/legal-hold"
    await clinic.post(hold, {"reason": "litigation"}, role="privacy_officer")
    held = await settle(clinic, of_survivor, "done", "done_as_asked")
    assert held.json()["rules"] == ["legal_hold"]
    await clinic.post(f"{hold}/lifting", role="privacy_officer")
    part = await settle(clinic, of_merged, "done", "done_as_asked")
    assert part.json()["rules"] == ["merged_record"]
    assert (await settle(clinic, of_survivor, "done", "done_as_asked")).status_code == 200

    told_of = [e.key for e in await service.outboxed(network) if e.type.endswith("erased.v1")]
    assert sorted(told_of) == sorted([survivor, merged])
    for one in (survivor, merged):
        assert (await clinic.get(f"/v1/patients/{one}")).json()["given_name"] == "erased"
        async with service.db.transaction(network) as tx:
            with pytest.raises(PatientErased):
                await key_of(tx, service.db.sealing.ring, UUID(one), PURPOSE)  # type: ignore[union-attr]
    assert (await clinic.get(f"/v1/patients/{other}")).json()["given_name"] == "Eli"


async def test_repeated_answer_is_kept_sealed_and_heard_again(
    service: Harness, network: UUID
) -> None:
    clinic = Clinic(service, network)
    headers = {"Idempotency-Key": "one-and-the-same"}
    async with clinic.client("front_desk") as desk:
        first = await desk.post("/v1/patients", json=DANA, headers=headers)
        again = await desk.post("/v1/patients", json=DANA, headers=headers)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    (row,) = await service.rows("idempotency_key", network)
    assert row["body"].startswith(b"kpw1.")


async def test_charts_whose_time_has_come_are_shown_and_erased_only_when_asked(
    service: Harness, network: UUID
) -> None:
    clinic = Clinic(service, network)
    child = await clinic.register(**{**ELI, "born_on": "2017-05-05"})
    dana = await clinic.register()
    held = await clinic.register(**{**ELI, "family_name": "Holm", "born_on": "1970-01-01"})
    hold = {"reason": "litigation"}
    await clinic.post(f"/v1/patients/{held}/legal-hold", hold, role="privacy_officer")
    words = ("due", "--network", str(network))
    assert (await run(service, "retention", *words)).document["due"] == []
    service.clock.advance(timedelta(days=LATER_DAYS))

    dry = await run(service, "retention", *words)
    assert (dry.document["due"], dry.code) == ([dana], 1)
    against = {str(one["patient_id"]): one["against"] for one in dry.document["patients"]}
    assert against == {child: ("retention",), dana: (), held: ("legal_hold",)}
    assert (await clinic.get(f"/v1/patients/{dana}")).json()["given_name"] == "Dana"
    done = (*words, "--yes", "--actor", str(uuid4()), "--reason", "schedule_ended")
    assert (await run(service, "retention", *done)).code == 0
    assert (await clinic.get(f"/v1/patients/{dana}")).json()["given_name"] == "erased"
    for kept in (child, held):
        assert (await clinic.get(f"/v1/patients/{kept}")).json()["given_name"] == "Eli"
    (entry,) = [
        one for one in await service.rows("audit_entry", network)
        if one["action"] == "operator.retention.due"
    ]  # fmt: skip
    assert (str(entry["patient_id"]), entry["reason"]) == (dana, "schedule_ended")
