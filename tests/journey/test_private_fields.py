"""A word of its own in every private field of the whole way, and then searched for everywhere:
topics, headers, parked records, other services' databases, dumps, logs, spans, metrics, exports and
error bodies. Psychotherapy notes and journals are in clear nowhere at all.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaProducer
from kairos_cli.demo.journey import Played
from kairos_cli.demo.tap import domain_topics
from kairos_cli.demo.words import ChartWords, PrivateWords
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES
from kairos_events.dosing import SessionDischargedV1
from kairos_events.envelope import encode
from kairos_events.fields import Route
from kairos_events.publishing import envelope_of

from .books import rows
from .canaries import (
    dumped,
    filled,
    free_texts,
    fresh_chart,
    marked,
    owner_of,
    pdf_text,
    spelt,
    texts,
)
from .collector import Collector
from .records import read
from .test_canary import found, logs, metrics, on_broker

pytestmark = pytest.mark.timeout(420)

_PARKED = "SELECT count(*) FROM parked_event WHERE key = $1"
_API = Path(__file__).parents[2] / "services/integration/openapi.json"


@pytest.fixture(scope="module")
async def parked(platform: Platform, whole: Played) -> UUID:
    """The key of a record that integration cannot handle, and has parked."""
    key, now = uuid4(), whole.world.now()
    told = SessionDischargedV1(
        session_id=uuid4(),
        visit_id=uuid4(),
        patient_id=key,
        site_id=uuid4(),
        route=Route.IM,
        first_dose_at=now,
        last_dose_at=now,
        discharged_at=now,
    )
    envelope = envelope_of(told, network=uuid4(), sequence=1, time=now)
    broken = json.dumps({"patient_id": str(key)}).encode()
    sent = encode(dataclasses.replace(envelope, data=broken))
    async with AIOKafkaProducer(
        bootstrap_servers=platform.bootstrap, enable_idempotence=False
    ) as producer:
        await producer.send_and_wait("dosing.events", sent.value, sent.key, headers=sent.headers)
    connection = await asyncpg.connect(platform.database_url("integration"))
    try:
        limit = time.monotonic() + 60
        while not await connection.fetchval(_PARKED, str(key)):
            assert time.monotonic() < limit, "nothing was parked"
            await asyncio.sleep(0.2)
    finally:
        await connection.close()
    return key


@pytest.fixture(scope="module")
def dumps(
    platform: Platform, whole: Played, parked: UUID, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """Everything that backups of the four databases hold."""
    folder = tmp_path_factory.mktemp("dumps")
    return {service: dumped(platform, service, folder) for service in SERVICES}


def test_every_text_field_of_integration_was_filled(
    whole: Played, private: PrivateWords, chart: ChartWords
) -> None:
    """Whoever adds a field has to send a word through it, or this fails."""
    words = {*texts(private).values(), *texts(chart).values(), *texts(whole.world.words).values()}
    asked = [one.sent for one in whole.world.exchanges if one.service == "integration"]
    assert free_texts(json.loads(_API.read_text())) == {n for s in asked for n in filled(s, words)}


async def test_the_words_were_taken_and_rest_sealed(
    platform: Platform, whole: Played, chart: ChartWords, dumps: dict[str, bytes]
) -> None:
    """Else it would prove nothing that they are found nowhere."""
    taken = [one.sent for one in whole.world.exchanges if one.answer.status in (200, 201, 202)]
    sent = json.dumps([one for one in taken if one is not None], default=str)
    assert [name for name, word in texts(chart).items() if word not in sent] == []
    for service in ("integration", "intake"):
        assert dumps[service].count(b"kpw1.") > 0
    for service in ("integration", "intake"):
        assert (await rows(platform, service, whole.network, "SELECT count(*) FROM outbox"))[0][0]


async def test_no_word_is_in_a_topic_log_metric_or_span(
    platform: Platform,
    whole: Played,
    private: PrivateWords,
    chart: ChartWords,
    collector: Collector,
    parked: UUID,
) -> None:
    places = on_broker(await read(platform.bootstrap, domain_topics()))
    places |= logs(platform.state.logs) | metrics(platform)
    places |= {f"span {n}": span.raw for n, span in enumerate(list(collector.spans))}
    words = [*texts(private).values(), *texts(chart).values(), *texts(whole.world.words).values()]
    assert found(words, places) == set()
    assert found([whole.world.ids["patient"]], places)  # the search does find what is there


def test_notes_and_journals_are_in_no_dump_in_clear(
    whole: Played, private: PrivateWords, dumps: dict[str, bytes], parked: UUID
) -> None:
    assert b"COPY notes.psychotherapy_note" in dumps["integration"]
    assert whole.world.ids["patient"].encode() in dumps["integration"]
    assert str(parked).encode() in dumps["integration"]  # parked records are searched too
    assert found(spelt(texts(private)), dumps) == set()


def test_a_word_of_the_chart_is_in_no_other_services_database(
    chart: ChartWords, dumps: dict[str, bytes]
) -> None:
    strays = {
        (name, service)
        for name, word in texts(chart).items()
        for service, dump in dumps.items()
        if service != owner_of(name) and found([word, word.encode().hex()], {service: dump})
    }
    assert strays == set()


def test_no_word_is_in_an_error(whole: Played, private: PrivateWords, chart: ChartWords) -> None:
    refused = {
        f"{n} {one.path}": json.dumps(one.answer.body).encode()
        for n, one in enumerate(whole.world.exchanges)
        if one.answer.status >= 400
    }
    assert len(refused) >= 12
    words = [*texts(private).values(), *texts(chart).values(), *texts(whole.world.words).values()]
    assert found(words, refused) == set()


def test_private_words_are_told_to_nobody_else(whole: Played, private: PrivateWords) -> None:
    mine = {whole.world.shah.id, whole.world.people["Dana"].id}
    said = {
        f"{n} {one.path}": str(one.answer.body).encode()
        for n, one in enumerate(whole.world.exchanges)
        if one.actor not in mine
    }
    assert len(said) > 100
    words = list(texts(private).values())
    assert found(words, said) == set()
    told = [str(one.answer.body) for one in whole.world.exchanges if one.actor in mine]
    assert all(any(word in text for text in told) for word in words)


def test_refused_private_words_are_in_no_answer_and_no_log(
    platform: Platform, whole: Played
) -> None:
    """Sent where they do not fit: unknown fields, too long, an older version, a strange id."""
    private, chart = marked(PrivateWords), fresh_chart()
    words = [*texts(private).values(), *texts(chart).values()]
    patient = whole.world.ids["patient"]
    bad = [{one: one, "words": one, "record": {"narrative": one, one: 1}} for one in words]
    paths = (
        ("patient", "/v1/journal/entries"),
        ("therapist", f"/v1/patients/{patient}/psychotherapy-notes"),
        ("therapist", "/v1/therapy-drafts"),
        ("therapist", "/v1/therapy-sessions"),
        ("therapist", f"/v1/therapy-sessions/{uuid4()}/addenda"),
        ("therapist", f"/v1/patients/{patient}/commitments"),
        ("therapist", f"/v1/patients/{patient}/care-plans"),
        ("nurse", f"/v1/patients/{patient}/team-messages"),
        ("nurse", "/v1/tasks"),
    )
    said: dict[str, bytes] = {}
    with httpx.Client(timeout=30, trust_env=False) as client:
        for role, path in paths:
            own = UUID(patient) if role == "patient" else None
            token = platform.mint(role, network=whole.network, patient=own)
            for number, body in enumerate(bad[:: len(bad) // 6]):
                headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
                url = platform.urls["integration"] + path
                answer = client.post(url, json=body, headers=headers)
                assert 400 <= answer.status_code < 500, path
                said[f"{path} {number}"] = answer.content
    assert found(words, said | logs(platform.state.logs) | metrics(platform)) == set()


def exports(platform: Platform, whole: Played) -> dict[str, bytes]:
    """Everything that leaves the platform as a document of a patient or a site."""
    ids, quarter = whole.world.ids, "2027-Q1"
    patient, site = ids["patient"], ids["site_A"]
    wanted = [
        ("intake", "privacy_officer", f"/v1/patients/{patient}/export"),
        ("intake", "privacy_officer", f"/v1/patients/{patient}/export.pdf"),
        ("intake", "therapist", f"/v1/consents/{ids['consent']}/copy.pdf"),
        ("dosing", "prescriber", f"/v1/sessions/{ids['session']}/record.pdf"),
        ("dosing", "medical_director", f"/v1/books.csv?site_id={site}&form=dispensing-log"),
        ("dosing", "medical_director", f"/v1/books.pdf?site_id={site}&form=dispensing-log"),
        *[
            ("integration", "therapist", f"/v1/patients/{patient}/outcomes/{scale}/plot")
            for scale in ("phq9", "gad7", "pcl5")
        ],
        *[
            ("integration", "medical_director", f"/v1/cohorts/phq9/{by}/{quarter}/{form}")
            for by in ("route", "dose_band", "indication", "site")
            for form in ("table", "plot")
        ],
    ]
    made: dict[str, bytes] = {}
    with httpx.Client(timeout=30, trust_env=False) as client:
        for service, role, path in wanted:
            token = platform.mint(role, network=whole.network)
            url, asked = platform.urls[service] + path, {"Authorization": f"Bearer {token}"}
            answer = client.get(url, headers=asked)
            assert answer.status_code == 200, (path, answer.text)
            pdf = answer.headers["Content-Type"].startswith("application/pdf")
            made[f"{service} {path}"] = pdf_text(answer.content) if pdf else answer.content
    return made


def test_no_private_word_is_in_an_export(
    platform: Platform, whole: Played, private: PrivateWords, chart: ChartWords
) -> None:
    made = exports(platform, whole)
    assert found(list(texts(private).values()), made) == set()
    assert found(["psythpn"], made) == set()
    strays = {
        (name, place)
        for name, word in texts(chart).items()
        for _, place in found([word], made)
        if not place.startswith(owner_of(name))
    }
    assert strays == set()
    # The search reads what is printed: a patient's own name stands in their record.
    printed = {place: text for place, text in made.items() if "export.pdf" in place}
    assert found([whole.world.words.family_name], printed)
    figures = {place: text for place, text in made.items() if "/cohorts/" in place}
    assert found([whole.world.ids["patient"], *texts(chart).values()], figures) == set()


def test_the_search_finds_bytes_in_a_dump(private: PrivateWords) -> None:
    row = f"\\\\x{private.note.encode().hex()}".encode()
    assert found(spelt(texts(private)), {"dump": row}) != set()


def test_a_field_that_was_not_filled_is_found() -> None:
    api = json.loads(_API.read_text())
    schema = {"type": "object", "properties": {"diary": {"type": "string", "maxLength": 9}}}
    body = {"content": {"application/json": {"schema": schema}}}
    api["paths"]["/v1/planted"] = {"post": {"requestBody": body}}
    assert "diary" in free_texts(api)
    assert list(filled({"a": [{"b": "word"}, "other"]}, {"word"})) == ["b"]
