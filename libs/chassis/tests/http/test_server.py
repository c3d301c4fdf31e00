"""The server bounds what a client can hold, and stops although somebody holds on."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from kairos_chassis.http import server as http_server
from kairos_local.ports import free_port


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers at once; /stream never ends."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/stream":
        while True:
            await send({"type": "http.response.body", "body": b".", "more_body": True})
            await asyncio.sleep(0.05)
    await send({"type": "http.response.body", "body": b"ok"})


async def _started(server: http_server.Server) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag and no event
        await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(grace_seconds: int = 1) -> AsyncIterator[tuple[int, http_server.Server]]:
    port = free_port()
    server = http_server.make_server(app, "127.0.0.1", port, grace_seconds)
    listener = http_server.bind("127.0.0.1", port)
    task = asyncio.create_task(server.serve([listener]))
    try:
        await _started(server)
        yield port, server
    finally:
        server.should_exit = True
        await task
        listener.close()


async def closed_by_server(reader: asyncio.StreamReader, within: float) -> bool:
    try:
        async with asyncio.timeout(within):
            while await reader.read(1024):
                pass
            return True
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


async def test_headers_that_never_end_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "HEADER_SECONDS", 0.3)
    async with serving() as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert await closed_by_server(reader, within=3)
        writer.close()


async def test_silent_connection_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "HEADER_SECONDS", 0.3)
    async with serving() as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await closed_by_server(reader, within=3)
        writer.close()


async def test_endless_header_is_cut() -> None:
    async with serving() as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000)
        assert await closed_by_server(reader, within=3)
        writer.close()


async def test_prompt_client_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the same bounds let an ordinary request through, twice on one connection."""
    monkeypatch.setattr(http_server, "HEADER_SECONDS", 0.5)
    async with serving() as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            async with asyncio.timeout(3):
                assert (await reader.readline()).startswith(b"HTTP/1.1 200")
                while (await reader.readline()) != b"0\r\n":
                    pass
                await reader.readline()
        writer.close()


async def test_open_stream_does_not_hold_the_shutdown() -> None:
    async with serving(grace_seconds=1) as (port, server):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readline()
        started = time.monotonic()
        server.should_exit = True
        assert await closed_by_server(reader, within=5)
        assert time.monotonic() - started < 5
        writer.close()


async def test_what_is_no_http_is_refused_as_a_problem_without_an_echo() -> None:
    async with serving() as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nIf-Match: \x1csecret\x01\r\n\r\n")
        async with asyncio.timeout(3):
            answered = await reader.read()
        writer.close()
    head, _, body = answered.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in head.lower()
    told = json.loads(body)
    assert (told["type"], told["status"]) == ("urn:kairos:problem:malformed_request", 400)
    assert b"secret" not in answered
