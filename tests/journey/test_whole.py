"""The whole way, days -14 to 90: every promise is kept, and private words stay sealed."""

from __future__ import annotations

import secrets
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from kairos_cli.demo.journey import WHOLE, Played, play
from kairos_cli.demo.tap import domain_topics
from kairos_cli.demo.words import PrivateWords
from kairos_cli.platform import Platform
from kairos_cli.record import Record
from kairos_cli.services import SERVICES
from kairos_local.postgres.binaries import program

from .audience import Silent
from .books import unfinished
from .collector import Collector
from .records import crossed, gaps, read
from .test_canary import found, logs, metrics, on_broker

pytestmark = pytest.mark.timeout(420)


@pytest.fixture(scope="module")
def private() -> PrivateWords:
    """Words nobody else uses."""
    mark = secrets.token_hex(8)
    return PrivateWords(note=f"notecanary{mark}", journal=f"journalcanary{mark}")


@pytest.fixture(scope="module")
def whole(platform: Platform, second: Played, private: PrivateWords) -> Played:
    """The whole way, after the two first days, in a network of its own."""
    return play(platform, Silent(), acts=WHOLE, private=private, patience_s=90.0)


def test_every_promise_is_kept(whole: Played) -> None:
    assert whole.well, whole.fault
    assert len(whole.steps) == 92


async def test_no_event_of_the_whole_way_is_lost(platform: Platform, whole: Played) -> None:
    on_the_broker = crossed(await read(platform.bootstrap, domain_topics()), whole.network)
    assert gaps(on_the_broker.sequences()) == []
    kinds = on_the_broker.types()
    assert kinds.count("dosing.dose_administered.v1") == 6
    assert kinds.count("integration.episode_closed.v1") == 6
    assert kinds.count("integration.safety_call_completed.v1") == 2
    assert "integration.integration_missed.v1" not in kinds
    assert await unfinished(platform, whole.network) == {}


def words_of(private: PrivateWords) -> list[str]:
    return [private.note, private.journal]


async def test_private_words_are_in_no_record_log_metric_or_span(
    platform: Platform, whole: Played, private: PrivateWords, collector: Collector
) -> None:
    places = on_broker(await read(platform.bootstrap, domain_topics()))
    places |= logs(platform.state.logs) | metrics(platform)
    places |= {f"span {n}": span.raw for n, span in enumerate(list(collector.spans))}
    assert found(words_of(private), places) == set()


def test_private_words_are_told_to_nobody_else(whole: Played, private: PrivateWords) -> None:
    mine = {whole.world.shah.id, whole.world.people["Dana"].id}
    said = {
        f"{n} {one.path}": str(one.answer.body).encode()
        for n, one in enumerate(whole.world.exchanges)
        if one.actor not in mine or one.answer.status >= 400
    }
    assert len(said) > 100
    assert found(words_of(private), said) == set()
    told = [str(one.answer.body) for one in whole.world.exchanges if one.actor in mine]
    assert all(any(word in text for text in told) for word in words_of(private))


def dumped(platform: Platform, service: str, folder: Path) -> bytes:
    """Everything a backup of a service's database holds."""
    path = folder / f"{service}.sql"
    record = Record.read(platform.state)
    assert record is not None
    admin = urlsplit(record.admin_url)._replace(path=f"/{service}").geturl()
    command = [str(program("pg_dump")), "--dbname", admin, "--file", str(path)]
    subprocess.run(command, check=True)
    return path.read_bytes()


def test_private_words_are_in_no_dump_in_clear(
    platform: Platform, whole: Played, private: PrivateWords, tmp_path: Path
) -> None:
    places = {service: dumped(platform, service, tmp_path) for service in SERVICES}
    assert b"COPY notes.psychotherapy_note" in places["integration"]
    assert whole.world.ids["patient"].encode() in places["integration"]
    # PostgreSQL writes bytes in hexadecimal.
    spelt = [*words_of(private), *(word.encode().hex() for word in words_of(private))]
    assert found(spelt, places) == set()


def test_the_search_finds_bytes_in_a_dump(private: PrivateWords) -> None:
    row = f"\\\\x{private.note.encode().hex()}".encode()
    assert found([private.note.encode().hex()], {"dump": row}) != set()


def test_a_red_flag_reaches_intake_and_stops_the_next_dose(
    platform: Platform, whole: Played, private: PrivateWords
) -> None:
    """Through the broker: seen by a therapist, known to intake, and no dose until it is cleared."""
    patient, urls = whole.world.ids["patient"], platform.urls
    with httpx.Client(timeout=30, trust_env=False) as client:

        def headers(role: str) -> dict[str, str]:
            token = platform.mint(role, network=whole.network)
            return {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}

        flag = {"patient_id": patient, "kind": "suicidality", "severity": "high"}
        path = urls["integration"] + "/v1/red-flags"
        assert client.post(path, json=flag, headers=headers("therapist")).status_code == 201
        limit = time.monotonic() + 60
        asked = f"{urls['intake']}/v1/patients/{patient}"
        while True:
            concerns = client.get(f"{asked}/safety-concerns", headers=headers("prescriber"))
            found = [c for c in concerns.json()["items"] if c["blocks_dosing"]]
            if found or time.monotonic() > limit:
                break
            time.sleep(0.2)
        assert found, "the red flag did not become a safety concern that blocks dosing"
        clearance = client.get(f"{asked}/clearance", headers=headers("prescriber")).json()
    assert not any(route["cleared"] for route in clearance["routes"])
