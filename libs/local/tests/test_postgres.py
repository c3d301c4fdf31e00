"""The server keeps its data over stop and kill -9, and is nobody's but those with a password."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import asyncpg
import psutil
import pytest
from kairos_local.errors import CannotStart
from kairos_local.postgres import LocalPostgres


async def note(server: LocalPostgres, text: str) -> None:
    connection = await asyncpg.connect(server.admin_url)
    try:
        await connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        await connection.execute("INSERT INTO note VALUES ($1)", text)
    finally:
        await connection.close()


async def notes(server: LocalPostgres) -> list[str]:
    connection = await asyncpg.connect(server.admin_url)
    try:
        return [row["text"] for row in await connection.fetch("SELECT text FROM note")]
    finally:
        await connection.close()


async def test_data_survive_stop_and_kill(tmp_path: Path) -> None:
    server = LocalPostgres(tmp_path / "data", admin_password="one")
    server.start()
    try:
        await note(server, "before the stop")
        server.stop()
        assert not server.alive()
        server.start()
        await note(server, "before the kill")
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        server.start()
        assert await notes(server) == ["before the stop", "before the kill"]
    finally:
        server.stop()


def test_a_lock_file_naming_a_stranger_does_not_stop_the_start(tmp_path: Path) -> None:
    server = LocalPostgres(tmp_path / "data", admin_password="one")
    server.start()
    server.stop()
    stranger = os.getpid()
    (tmp_path / "data" / "postmaster.pid").write_text(f"{stranger}\n{tmp_path / 'data'}\n")
    server.start()
    try:
        assert psutil.pid_exists(stranger)
        assert server.pid != stranger
    finally:
        server.stop()


def test_a_second_server_on_the_folder_ends_the_first(tmp_path: Path) -> None:
    first = LocalPostgres(tmp_path / "data", admin_password="one")
    second = LocalPostgres(tmp_path / "data", admin_password="one")
    first.start()
    try:
        second.start()
        assert not first.alive()
        assert second.alive()
    finally:
        second.stop()
        first.stop()


def test_a_start_that_fails_says_why(tmp_path: Path) -> None:
    server = LocalPostgres(tmp_path / "data", admin_password="one", port=1)
    blocker = LocalPostgres(tmp_path / "other", admin_password="one")
    blocker.start()
    try:
        server.port = blocker.port
        with pytest.raises(CannotStart, match="could not bind"):
            server.start()
    finally:
        blocker.stop()


async def test_a_wrong_password_is_refused(postgres: LocalPostgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres.url("postgres", "kairos_admin", "not this"))


def test_the_server_never_runs_as_root(postgres: LocalPostgres) -> None:
    assert postgres.pid is not None
    assert psutil.Process(postgres.pid).uids().effective != 0


async def test_values_of_a_failed_statement_are_not_logged(postgres: LocalPostgres) -> None:
    connection = await asyncpg.connect(postgres.admin_url)
    try:
        await connection.execute("CREATE TABLE secret (name text PRIMARY KEY)")
        await connection.execute("INSERT INTO secret VALUES ('Dana')")
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("INSERT INTO secret VALUES ('Dana')")
    finally:
        await connection.close()
    log = postgres.log.read_text()
    assert "duplicate key" in log
    assert "Dana" not in log
