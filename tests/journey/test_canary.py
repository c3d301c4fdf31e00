"""What people type stays in the store of the service it was told to: it is in no log, no metric,
no event and no error, even with debug logs."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from kairos_cli.demo.journey import Played
from kairos_cli.demo.words import Words
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES

from .books import rows
from .records import Record, read

pytestmark = pytest.mark.timeout(420)


def typed(words: Words) -> list[str]:
    """Every word of the journey that may not travel."""
    return [str(value) for value in dataclasses.asdict(words).values()]


def found(words: list[str], places: dict[str, bytes]) -> set[tuple[str, str]]:
    """Which of these words is where. Case is not looked at."""
    texts = {place: text.lower() for place, text in places.items()}
    return {
        (word, p) for word in words for p, text in texts.items() if word.lower().encode() in text
    }


def logs(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def on_broker(records: list[Record]) -> dict[str, bytes]:
    return {f"{one.topic} {number}": one.everything() for number, one in enumerate(records)}


def metrics(platform: Platform) -> dict[str, bytes]:
    return {
        name: httpx.get(f"{url}/metrics", timeout=30, trust_env=False).content
        for name, url in platform.urls.items()
    }


def problems(played: Played) -> dict[str, bytes]:
    return {
        f"{number} {one.path}": json.dumps(one.answer.body).encode()
        for number, one in enumerate(played.world.exchanges)
        if one.answer.status >= 400
    }


async def test_the_words_did_reach_the_platform(
    platform: Platform, played: Played, words: Words
) -> None:
    """Else it would prove nothing that they are found nowhere."""
    queries = {
        "intake": "SELECT f::text FROM clinical_fact f",
        "scheduling": "SELECT s::text FROM site s UNION ALL SELECT r::text FROM room r"
        " UNION ALL SELECT c::text FROM credential c",
    }
    url = f"{platform.urls['integration']}/v1/patients/{played.world.ids['patient']}"
    therapist = {"Authorization": f"Bearer {platform.mint('therapist', network=played.network)}"}
    # There the words are sealed at rest: only who may read them sees them.
    async with httpx.AsyncClient(timeout=30, trust_env=False, headers=therapist) as client:
        kept = (await client.get(f"{url}/therapy-sessions")).text
        who = f"{platform.urls['intake']}/v1/patients/{played.world.ids['patient']}"
        kept += (await client.get(who)).text
    rested = ""
    for service, table in (("integration", "therapy_session"), ("intake", "patient")):
        sealed = f"SELECT t::text FROM {table} t"
        found_there = await rows(platform, service, played.network, sealed)
        assert all("kpw1." in row[0] for row in found_there)
        rested += "".join(row[0] for row in found_there)
    assert "kpw1." in rested
    assert [word for word in typed(words) if word in rested] == []
    for service, query in queries.items():
        kept += "".join(row[0] for row in await rows(platform, service, played.network, query))
    assert [word for word in typed(words) if word not in kept] == []


def test_no_word_is_in_a_log(platform: Platform, played: Played, words: Words) -> None:
    written = logs(platform.state.logs)
    assert set(written) >= {f"{name}.log" for name in (*SERVICES, "postgres", "broker")}
    assert b'"request"' in written["dosing.log"]
    told = [*typed(words), played.world.ids["patient"]]
    assert found(told, written) == set()


def test_no_word_is_in_a_metric(platform: Platform, played: Played, words: Words) -> None:
    measured = metrics(platform)
    assert all(b"kairos_http_request_seconds" in text for text in measured.values())
    assert found([*typed(words), played.world.ids["patient"]], measured) == set()


def test_no_word_is_in_a_record(records: list[Record], played: Played, words: Words) -> None:
    assert found([played.world.ids["patient"]], on_broker(records))  # the key
    assert found(typed(words), on_broker(records)) == set()


def test_no_word_is_in_a_problem(played: Played, words: Words) -> None:
    assert len(problems(played)) >= 8
    assert found(typed(words), problems(played)) == set()


def test_no_refused_word_is_in_a_problem_or_a_log(
    platform: Platform, played: Played, words: Words
) -> None:
    """What is refused at the door is echoed and written down as little as what is kept."""
    bodies = [
        {"given_name": words.given_name, words.family_name: words.theme},
        {"given_name": words.given_name, "born_on": words.phone, "zone": words.insight},
        [words.given_name],
    ]
    desk = {"Authorization": f"Bearer {platform.mint('front_desk', network=played.network)}"}
    url = f"{platform.urls['intake']}/v1/patients"
    said: dict[str, bytes] = {}
    for number, body in enumerate(bodies):
        headers = desk | {"Idempotency-Key": words.commitment}
        answer = httpx.post(url, json=body, headers=headers, timeout=30, trust_env=False)
        assert 400 <= answer.status_code < 500
        said[str(number)] = answer.content
    lost = httpx.get(f"{url}/{words.given_name}", headers=desk, timeout=30, trust_env=False)
    assert lost.status_code == 404
    said["path"] = lost.content
    assert found(typed(words), said | logs(platform.state.logs) | metrics(platform)) == set()


async def test_the_search_finds_what_is_planted(
    platform: Platform, played: Played, words: Words, tmp_path: Path
) -> None:
    word = words.given_name
    (tmp_path / "planted.log").write_text(f'{{"event": "hello {word.upper()}"}}\n')
    assert found([word], logs(tmp_path)) == {(word, "planted.log")}
    planted = {"key": (word, "", ""), "header": ("", word, ""), "value": ("", "", word)}
    assert len(found([word], on_broker(await plant(platform.bootstrap, planted)))) == len(planted)
    refused = next(one for one in played.world.exchanges if one.answer.status >= 400)
    refused.answer.body["detail"] = f"no {word}"
    assert len(found([word], problems(played))) == 1
    del refused.answer.body["detail"]


async def plant(bootstrap: str, planted: dict[str, tuple[str, str, str]]) -> list[Record]:
    """Put records with these keys, headers and values onto a topic of their own, and read it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("planted", 1, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=False) as producer:
        for key, header, value in planted.values():
            headers = [("ce_note", header.encode())]
            await producer.send_and_wait("planted", value.encode(), key.encode(), headers=headers)
    return await read(bootstrap, ["planted"])
