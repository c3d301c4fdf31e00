"""The platform starts whole, keeps itself running, keeps its data, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from kairos_cli.options import Options
from kairos_cli.platform import AlreadyUp, NotUp, Platform
from kairos_cli.services import SERVICES
from kairos_cli.state import State
from kairos_local.errors import CannotStart
from kairos_local.postgres import ephemeral_postgres
from kairos_local.processes import ProcessIdentity

MakeOptions = Callable[..., Options]
Standing = tuple[Platform, Path]


def environment(folder: Path, name: str, verb: str = "serve") -> dict[str, str]:
    """What the stand-in for a service was told."""
    told: dict[str, str] = json.loads((folder / f"{name}.{verb}.json").read_text())
    return told


def until_gone(identities: Iterable[ProcessIdentity]) -> None:
    deadline = time.monotonic() + 30
    for identity in identities:
        while identity.find() is not None:
            assert time.monotonic() < deadline, identity
            time.sleep(0.02)


async def run(url: str, statement: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def test_up_waits_until_everything_is_ready(standing: Standing) -> None:
    up, _ = standing
    status = up.status()
    assert status.well
    assert {one.name for one in status.processes} == {"postgres", "broker", *SERVICES}
    assert up.processes().keys() == {"postgres", "broker", "supervisor", *SERVICES}


def test_a_service_is_told_what_it_needs_and_no_other_s_secret(standing: Standing) -> None:
    up, folder = standing
    secrets = up.state.secrets()
    for name in SERVICES:
        told = environment(folder, name)
        assert told["KAIROS_PROFILE"] == "embedded"
        assert told["KAIROS_WORK_IN_SERVE"] == "true"
        assert told["KAIROS_KAFKA_BOOTSTRAP"] == up.bootstrap
        assert told["KAIROS_KAFKA_IDEMPOTENCE"] == "false"
        assert told["KAIROS_DATABASE_URL"] == up.database_url(name)
        assert len(told["KAIROS_CURSOR_KEY"]) >= 32
        text = json.dumps(told)
        for other in set(SERVICES) - {name}:
            assert secrets.runtime_password(other) not in text
            assert secrets.owner_password(other) not in text
        assert secrets.postgres_admin not in text


def test_dosing_carries_a_service_token_to_intake(standing: Standing) -> None:
    up, folder = standing
    told = environment(folder, "dosing")
    assert told["KAIROS_INTAKE_URL"] == up.urls["intake"]
    assert Path(told["KAIROS_SERVICE_TOKEN_FILE"]).read_text().count(".") == 2
    assert "KAIROS_SERVICE_TOKEN_FILE" not in environment(folder, "intake")


@pytest.mark.parametrize("name", ["postgres", "broker", "intake"])
def test_what_is_killed_comes_back(standing: Standing, name: str) -> None:
    up, _ = standing
    killed = up.kill(name)
    until_gone([killed])
    deadline = time.monotonic() + 60
    while name not in up.processes():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    status = up.wait_ready()
    assert up.processes()[name] != killed
    assert next(one.restarts for one in status.processes if one.name == name) == 1


async def test_data_survive_down_and_up(
    platform: Platform, folder: Path, fake_options: MakeOptions
) -> None:
    platform.start(fake_options(folder))
    owner = environment(folder, "intake")["KAIROS_MIGRATION_DATABASE_URL"]
    await run(owner, "CREATE TABLE kept AS SELECT 42 AS answer")
    platform.clock.advance(timedelta(days=3))
    assert platform.stop()
    platform.start(fake_options(folder))
    owner = environment(folder, "intake")["KAIROS_MIGRATION_DATABASE_URL"]
    assert await run(owner, "SELECT answer FROM kept") == 42
    assert platform.clock.offset > timedelta(days=2)


def test_stop_ends_every_process(up: Platform) -> None:
    running = up.processes()
    assert len(running) == 3 + len(SERVICES)
    assert up.stop()
    assert [name for name, one in running.items() if one.find()] == []
    assert up.status().phase == "down"
    assert not up.stop()


def test_nothing_outlives_a_killed_supervisor_and_up_works_again(
    up: Platform, folder: Path, fake_options: MakeOptions
) -> None:
    running = up.processes()
    up.kill("supervisor")
    until_gone(running.values())
    assert up.status().phase == "down"
    again = Platform(up.state)
    try:
        assert again.start(fake_options(folder)).well
    finally:
        again.stop()


def test_down_ends_what_a_killed_supervisor_left(up: Platform) -> None:
    """Without the system's help: a process that ignored the end of its parent."""
    stubborn = up.processes()["dosing"]
    os.kill(stubborn.pid, signal.SIGSTOP)
    up.kill("supervisor")
    up.stop()
    assert stubborn.find() is None


def test_a_second_up_says_already_up(up: Platform, folder: Path, fake_options: MakeOptions) -> None:
    before = up.processes()
    with pytest.raises(AlreadyUp):
        Platform(up.state).start(fake_options(folder))
    assert up.processes() == before


def test_a_service_that_only_crashes_is_given_up_with_its_log(
    platform: Platform,
    folder: Path,
    fake_options: MakeOptions,
) -> None:
    (folder / "scheduling.serve-exits").touch()
    with pytest.raises(CannotStart, match="scheduling does not start") as raised:
        platform.start(fake_options(folder))
    assert "scheduling was told to fail" in raised.value.advice
    assert platform.status().phase == "down"


def test_a_failed_migration_stops_the_start(
    platform: Platform, folder: Path, fake_options: MakeOptions
) -> None:
    (folder / "dosing.migrate-fails").touch()
    with pytest.raises(CannotStart, match="migrations of dosing failed") as raised:
        platform.start(fake_options(folder))
    assert "dosing was told to fail" in raised.value.advice
    assert not (folder / "intake.serve.json").exists()
    assert platform.status().phase == "down"


def test_a_busy_port_is_named_with_what_to_change(
    platform: Platform, folder: Path, fake_options: MakeOptions, busy_port: int
) -> None:
    with pytest.raises(CannotStart, match=f"Port {busy_port}, for intake, is taken") as raised:
        platform.start(fake_options(folder, ports={"intake": busy_port}))
    assert "--port intake=NUMBER" in raised.value.advice


def test_a_state_directory_that_cannot_be_made_says_which_option(
    tmp_path: Path, folder: Path, fake_options: MakeOptions
) -> None:
    (tmp_path / "file").touch()
    platform = Platform(State(tmp_path / "file" / "state"))
    with pytest.raises(CannotStart, match="cannot be written") as raised:
        platform.start(fake_options(folder))
    assert "--state" in raised.value.advice


async def test_a_server_of_the_users_is_used_and_left_running(
    platform: Platform, folder: Path, fake_options: MakeOptions
) -> None:
    with ephemeral_postgres() as theirs:
        status = platform.start(fake_options(folder, postgres_url=theirs.admin_url))
        assert status.well
        assert "postgres" not in {one.name for one in status.processes}
        assert await run(platform.database_url("dosing"), "SELECT current_user") == "dosing"
        platform.stop()
        assert theirs.alive()
    assert not platform.state.postgres_data.exists()


def test_a_server_that_does_not_answer_says_how_to_name_one(
    platform: Platform, folder: Path, fake_options: MakeOptions
) -> None:
    nobody = "postgresql://admin:secret@127.0.0.1:1/postgres"
    with pytest.raises(CannotStart, match="databases could not be made") as raised:
        platform.start(fake_options(folder, postgres_url=nobody))
    assert "--postgres URL" in raised.value.advice
    assert "secret" not in str(raised.value)


def test_without_a_platform_there_is_no_token(platform: Platform) -> None:
    with pytest.raises(NotUp, match="No platform runs"):
        platform.mint("nurse", network=uuid4())


def test_it_runs_on_kafka(platform: Platform, folder: Path, fake_options: MakeOptions) -> None:
    status = platform.start(fake_options(folder, broker="kafka"))
    assert (status.well, status.broker) == (True, "kafka")
    assert environment(folder, "intake")["KAIROS_KAFKA_IDEMPOTENCE"] == "true"
