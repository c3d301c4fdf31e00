"""The load generator, a process of its own: `python -m benchmarks.load`.

It speaks HTTP/1.1 over kept-alive sockets with bytes made once, since a general HTTP client costs
more CPU than the server under test. Orders come as JSON lines on standard input, results leave as
JSON lines on standard output.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

import uvloop

CREATED = b"HTTP/1.1 201"
PATIENTS = 4096  # so that most outbox counters exist already, and few requests share one


@dataclass(frozen=True, slots=True)
class Order:
    """A burst of load. `seconds` of it count; the sockets are open before."""

    port: int
    clients: int
    seconds: float
    path: str
    token: str
    body: dict[str, Any]

    def request(self, patient: UUID, key: UUID) -> bytes:
        """One request, whole."""
        body = json.dumps({**self.body, "patient_id": str(patient)}).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@dataclass(slots=True)
class Result:
    """What came back. Latencies in seconds."""

    latencies: list[float] = field(default_factory=list)
    refused: int = 0


class Client(asyncio.Protocol):
    """One caller: sends the next request when the last one is answered."""

    def __init__(self, requests: "Requests", result: Result, stop_at: float) -> None:
        self._requests = requests
        self._result = result
        self._stop_at = stop_at
        self._received = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Collect an answer; at its end, note it and send the next request."""
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or len(body) < content_length(head):
            return
        self._received = b""
        self._result.latencies.append(time.perf_counter() - self._sent_at)
        if not head.startswith(CREATED):
            self._result.refused += 1
        if time.perf_counter() >= self._stop_at:
            assert self._transport is not None
            self._transport.close()
        else:
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        """The end, wanted or not."""
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        assert self._transport is not None
        self._sent_at = time.perf_counter()
        self._transport.write(self._requests.next())


class Requests:
    """Requests that differ in patient and idempotency key only, cheap to make."""

    def __init__(self, order: Order) -> None:
        self._patients = [str(UUID(int=(7 << 76) | (2 << 62) | n)) for n in range(PATIENTS)]
        patient, key = uuid4(), uuid4()
        text = order.request(patient, key).decode()
        self._before, rest = text.split(str(key))
        self._between, self._after = rest.split(str(patient))
        self._run = str(uuid4())
        self._number = 0

    def next(self) -> bytes:
        """The next request."""
        self._number += 1
        patient = self._patients[self._number * 2654435761 % PATIENTS]
        key = f"{self._run[:24]}{self._number:012d}"
        return f"{self._before}{key}{self._between}{patient}{self._after}".encode()


def content_length(head: bytes) -> int:
    """Bytes of the body that follow this head of an answer."""
    at = head.lower().find(b"content-length:")
    return 0 if at < 0 else int(head[at + 15 :].split(b"\r\n", 1)[0])


async def run(order: Order) -> dict[str, float]:
    """Apply the load. Returns the rate per second and the percentiles in milliseconds."""
    loop = asyncio.get_running_loop()
    requests, result = Requests(order), Result()
    started = time.perf_counter()
    stop_at = started + order.seconds
    clients: list[Client] = []
    for _ in range(order.clients):
        _, client = await loop.create_connection(
            lambda: Client(requests, result, stop_at), "127.0.0.1", order.port
        )
        clients.append(client)
    await asyncio.wait([client.done for client in clients], timeout=order.seconds + 20)
    took = time.perf_counter() - started
    latencies = sorted(result.latencies) or [0.0]
    return {
        "count": len(result.latencies),
        "refused": result.refused,
        "rate": len(result.latencies) / took,
        "p50_ms": latencies[len(latencies) // 2] * 1000,
        "p99_ms": latencies[int(len(latencies) * 0.99)] * 1000,
    }


def main() -> None:
    """Serve orders until standard input ends."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(uvloop.run(run(Order(**json.loads(line))))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
