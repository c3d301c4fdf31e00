"""Whether a service, alone and without a proxy before it, answers beside connections held open.

A really started process of a service, three hundred connections that never end what they began,
each opened anew when it is cut: heads a byte at a time, bodies a byte at a time, and silence.
Health is asked all the while, each time on a connection of its own.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence

from benchmarks.report import Row
from benchmarks.rounds import Ratio
from benchmarks.stage import Stage

CONNECTIONS = 300
P99_SECONDS = 0.5  # health has to answer within
_HEAD = b"GET /v1/tasks HTTP/1.1\r\nHost: a\r\nX-Slow: "
_BODY = b"POST /v1/tasks HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
_BODY += b"Content-Length: 100000\r\n\r\n"


async def measure(stage: Stage, *, seconds: float) -> list[Row]:
    """Measure health beside nothing, and beside all of them."""
    database = await stage.databases.make("integration")
    settings = {
        "notes_database_url": database.url_as("integration_notes"),
        "sealing_key": "k" * 32,
    }
    server = await stage.service("integration", "serve", database, **settings)
    alone = await _asked(server.port, time.monotonic() + min(seconds, 5.0))
    until = time.monotonic() + seconds
    counts = [0, 0]
    held = [asyncio.create_task(_hold(n, server.port, until, counts)) for n in range(CONNECTIONS)]
    await asyncio.sleep(0.5)
    beside = await _asked(server.port, until)
    await asyncio.gather(*held)
    stage.stop(server)
    share = _p99(beside) / P99_SECONDS
    return [
        Row(
            name=f"health p99 beside {CONNECTIONS} slow connections / half a second",
            ratio=Ratio(share, share, share),
            at_most=1.0,
            figures={
                "p99_ms": _p99(beside) * 1e3,
                "p50_ms": statistics.median(beside) * 1e3,
                "alone_p99_ms": _p99(alone) * 1e3,
                "answers": float(len(beside)),
                "seconds": seconds,
                "opened": float(counts[0]),
                "cut": float(counts[1]),
            },
        )
    ]


def _p99(spent: Sequence[float]) -> float:
    return sorted(spent)[int(len(spent) * 0.99)]


async def _asked(port: int, until: float) -> list[float]:
    """How long each answer took, in seconds. Raises RuntimeError for one that is not well."""
    spent = []
    while time.monotonic() < until:
        for path in (b"/healthz/live", b"/healthz/ready"):
            began = time.perf_counter()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % path)
            answer = await reader.readline()
            spent.append(time.perf_counter() - began)
            writer.close()
            if b" 200 " not in answer:
                raise RuntimeError(f"health is not well: {answer!r}")
        await asyncio.sleep(0.02)
    return spent


async def _hold(number: int, port: int, until: float, counts: list[int]) -> None:
    """One slow client, of one of three kinds: there is always one."""
    start = (_HEAD, _BODY, b"")[number % 3]
    while time.monotonic() < until:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.5)
            continue
        counts[0] += 1
        try:
            writer.write(start)
            while time.monotonic() < until and not reader.at_eof():
                if start:
                    writer.write(b"a")
                    await writer.drain()
                await asyncio.sleep(0.5)
            counts[1] += reader.at_eof()
        except ConnectionError:
            counts[1] += 1
        finally:
            writer.close()
