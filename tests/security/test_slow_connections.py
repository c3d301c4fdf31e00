"""Whoever holds connections open harms nobody else: health is answered beside them."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator

import pytest
from kairos_chassis.http import server as http_server
from kairos_chassis.http.app import create_app
from kairos_chassis.probes import Probes

CONNECTIONS = 300
SECONDS = float(os.environ.get("KAIROS_SLOW_SECONDS", "3"))  # `make security`: thirty
PATIENCE_SECONDS = 5.0


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A server as every service runs it, with nothing but its probes."""
    probes = Probes()
    probes.started = True
    app = create_app(service="slow", summary="", routes=(), deps=None, edge=None, probes=probes)
    listener = http_server.bind("127.0.0.1", 0)
    server = http_server.make_server(app, "127.0.0.1", 0, 1)
    serving = asyncio.create_task(server.serve([listener]))
    yield int(listener.getsockname()[1])
    server.should_exit = True
    await serving


async def hold(port: int, until: float) -> None:
    """Send a request's head one byte at a time, for as long as one is let."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, family=socket.AF_INET)
    try:
        for byte in b"GET /healthz/live HTTP/1.1\r\nX-Slow: " + b"a" * 1000:
            if time.monotonic() > until or reader.at_eof():
                return
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.5)
    except ConnectionError:
        return
    finally:
        writer.close()


async def health(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, family=socket.AF_INET)
    writer.write(b"GET /healthz/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await reader.readline()
    finally:
        writer.close()


async def test_health_answers_beside_three_hundred_slow_connections(port: int) -> None:
    until = time.monotonic() + SECONDS
    slow = [asyncio.create_task(hold(port, until)) for _ in range(CONNECTIONS)]
    answers = []
    while time.monotonic() < until:
        answers.append(await health(port))
        await asyncio.sleep(0.05)
    await asyncio.gather(*slow)
    assert len(answers) > 5
    assert all(b"200" in answer for answer in answers)
