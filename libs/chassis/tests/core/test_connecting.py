"""A database that takes a connection and says nothing is given up, not waited for."""

import asyncio

import pytest
from kairos_chassis import db
from kairos_chassis.clock import FrozenClock

from .conftest import NOON


async def test_silent_server_is_given_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "CONNECT_TIMEOUT_SECONDS", 0.2, raising=False)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        url = f"postgresql://nobody:nothing@127.0.0.1:{port}/none"
        started = asyncio.get_running_loop().time()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(db.Database.connect(url, FrozenClock(NOON), name="test"), 8)
    assert asyncio.get_running_loop().time() - started < 5
