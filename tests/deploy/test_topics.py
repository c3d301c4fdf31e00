"""The topics job of the compose file: exit code 0 lets the workers start, 1 holds them back."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from kairos_chassis.bus.topic_admin import apply_to
from kairos_events.topics import topics, topics_to_create
from kairos_local.broker import Broker, ephemeral_broker

from .scripts import load


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    with ephemeral_broker("tansu") as running:
        monkeypatch.setenv("KAIROS_KAFKA_BOOTSTRAP", running.bootstrap)
        yield running


async def test_the_job_creates_every_topic_and_may_run_again(
    broker: Broker, capsys: pytest.CaptureFixture[str]
) -> None:
    job = load("docker/create_topics.py")
    for state in ("created", "present"):
        assert await job.main(1) == 0
        said = capsys.readouterr().out
        assert all(
            f"{topic.name}: {state}, {topic.partitions} " in said for topic in topics().values()
        )


async def test_the_job_holds_the_workers_back_from_a_wrong_topic(
    broker: Broker, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = replace(topics_to_create(1)[0], partitions=4)
    await apply_to(broker.bootstrap, [wrong])
    assert await load("docker/create_topics.py").main(1) == 1
    assert f"{wrong.name}: wants 6 partitions" in capsys.readouterr().err
