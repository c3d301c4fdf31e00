"""kairos topics plan and apply say what differs; exit code 2 when a person must decide."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaProducer
from kairos_chassis.bus.topic_admin import apply_to
from kairos_cli.main import main
from kairos_events.topics import TopicToCreate, topics, topics_to_create
from kairos_local.broker import Broker, Kind, ephemeral_broker

Topics = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module", params=["kafka", "tansu"])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    kind: Kind = request.param
    with ephemeral_broker(kind) as running:
        yield running


@pytest.fixture
def kairos_topics(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs `kairos topics`; returns exit code, output and complaints."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kairos", "topics", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return code or 0, said.out, said.err

    return run


def registry_is(monkeypatch: pytest.MonkeyPatch, topic: TopicToCreate) -> None:
    """Let the registry be this topic alone."""
    monkeypatch.setattr("kairos_cli.commands.topics.topics_to_create", lambda *_: [topic])


async def put_an_event(broker: Broker, topic: str) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap, enable_idempotence=broker.idempotence
    )
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"{}", key=b"a")
    finally:
        await producer.stop()


def test_apply_does_what_plan_says_once(
    broker: Broker, kairos_topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAIROS_KAFKA_BOOTSTRAP", broker.bootstrap)
    code, planned, _ = kairos_topics("plan")
    assert code == 0
    assert all(name in planned for name in topics())
    code, done, _ = kairos_topics("apply", "--json")
    assert code == 0
    assert {step["topic"] for step in json.loads(done)["steps"]} == topics().keys()
    for word in ("plan", "apply"):
        code, said, _ = kairos_topics(word)
        assert (code, said) == (0, "Nothing to do: every topic is as topics.toml says.\n")


def test_a_topic_with_events_and_other_partitions_is_refused_with_advice(
    broker: Broker, kairos_topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = replace(topics_to_create(1)[0], name="test.refused", partitions=2)
    asyncio.run(apply_to(broker.bootstrap, [topic]))
    registry_is(monkeypatch, replace(topic, partitions=3))
    words = ("--bootstrap", broker.bootstrap)
    asyncio.run(put_an_event(broker, topic.name))
    for word in ("plan", "apply"):
        code, _, complaint = kairos_topics(word, *words)
        assert code == 2
        assert "test.refused: partitions is 2, shall be 3." in complaint
        assert "lose their order" in complaint
        assert "topics.toml" in complaint
    code, said, _ = kairos_topics("apply", *words, "--json")
    (refusal,) = json.loads(said)["refusals"]
    assert (code, refusal["difference"]["found"]) == (2, "2")
    registry_is(monkeypatch, topic)
    assert kairos_topics("apply", *words)[0] == 0


def test_more_copies_in_sync_than_there_are_is_a_mistake(kairos_topics: Topics) -> None:
    code, _, complaint = kairos_topics("plan", "--bootstrap", "127.0.0.1:1", "--min-insync", "2")
    assert (code, "2 copies in sync cannot be had of 1" in complaint) == (2, True)


def test_a_broker_that_is_away_is_said_in_words(kairos_topics: Topics) -> None:
    code, _, complaint = kairos_topics("plan", "--bootstrap", "127.0.0.1:1")
    assert (code, "The broker at 127.0.0.1:1" in complaint) == (1, True)
    assert "Traceback" not in complaint
