"""No connection stays open because its client neither finishes a request nor begins one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from kairos_chassis.http import server as http_server
from kairos_local.ports import free_port

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
seen: list[list[tuple[bytes, bytes]]] = []


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers at once, as a refusal does: what is still to come of the body is not read."""
    seen.append(scope["headers"])
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
    )
    await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def connected(
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    monkeypatch.setattr(http_server, "HEADER_SECONDS", 0.4)
    monkeypatch.setattr(http_server, "KEEP_ALIVE_SECONDS", 1)
    seen.clear()
    port = free_port()
    server = http_server.make_server(app, "127.0.0.1", port, 1)
    listener = http_server.bind("127.0.0.1", port)
    task = asyncio.create_task(server.serve([listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag and no event
        await asyncio.sleep(0.01)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        server.should_exit = True
        await task
        listener.close()


async def answered(reader: asyncio.StreamReader) -> None:
    async with asyncio.timeout(3):
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")


async def cut(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(3):
            return await reader.read() == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


async def test_body_that_dribbles_on_after_its_refusal_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with connected(monkeypatch) as (reader, writer):
        writer.write(HEAD + b"Content-Length: 1000000\r\n\r\n")
        await answered(reader)
        writer.write(b"x")
        assert await cut(reader)


async def test_blank_lines_between_requests_do_not_hold_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with connected(monkeypatch) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await answered(reader)
        writer.write(b"\r\n")
        assert await cut(reader)


async def test_trailer_is_no_header_of_its_request(monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(monkeypatch) as (reader, writer):
        writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nKairos-Network: y\r\n\r\n")
        await answered(reader)
        assert [name for name, _ in seen[0]] == [b"host", b"transfer-encoding"]


async def test_length_and_chunks_together_are_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(monkeypatch) as (reader, writer):
        writer.write(HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 400")
        assert seen == []


async def test_rest_of_a_refused_body_is_taken_and_the_next_request_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twin: whoever finishes what they began is heard again, also after a large body."""
    async with connected(monkeypatch) as (reader, writer):
        size = 4 * http_server.HEADER_LIMIT_BYTES
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % size)
        await answered(reader)
        for _ in range(4):
            writer.write(b"x" * (size // 4))
            await writer.drain()
        writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
        await answered(reader)
        assert len(seen) == 2
