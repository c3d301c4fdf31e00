"""uvicorn, with the bounds a service must keep without a proxy in front of it."""

import asyncio
import socket
from typing import Any

import uvicorn
from kairos_chassis.errors import Kind
from kairos_chassis.http import streams
from kairos_chassis.http.problems import problem
from kairos_events.uuid7 import uuid7
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEADER_SECONDS = 10.0
HEADER_LIMIT_BYTES = 32_768
KEEP_ALIVE_SECONDS = 20
CONNECTION_LIMIT = 1_000


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection whose headers come too slowly or are too large.

    So it does with one that sends neither: the rest of a body that is already answered, or blank
    lines, which would end the wait for the next request and begin none.
    """

    _header_timer: asyncio.TimerHandle | None = None
    _header_bytes = 0
    _in_body = False  # after a request's headers, until its last byte

    def connection_made(self, transport: Any) -> None:
        """Start the clock for the first request's headers."""
        super().connection_made(transport)
        self._await_headers()

    def data_received(self, data: bytes) -> None:
        """Count bytes until the headers are complete."""
        if self._header_timer is not None and not self._in_body:
            self._header_bytes += len(data)
        super().data_received(data)
        if self._header_timer is None:
            if self.cycle is None or self.cycle.response_complete:
                self._await_headers()
        # The parser has the headers once the timer is gone; until then the size is bounded.
        elif self._header_bytes > HEADER_LIMIT_BYTES:
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request starts; on a kept-alive connection its headers get a clock of their own."""
        super().on_message_begin()
        self._in_body = False
        if self._header_timer is None:
            self._await_headers()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A trailer comes after the body, past whatever a proxy has checked: it is no header."""
        if not self._in_body:
            super().on_header(name, value)

    def on_message_complete(self) -> None:
        """The request is whole; where its answer has left, the next one's headers are due."""
        super().on_message_complete()
        self._in_body = False
        if self._header_timer is not None:
            self._headers_done()
            self._await_headers()

    def on_headers_complete(self) -> None:
        """The headers are whole."""
        self._in_body = True
        self._headers_done()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is refused as everything else is: a problem, without echoing it."""
        detail = "The request is no HTTP that can be read."
        answer = problem(Kind.MALFORMED, "malformed_request", detail, str(uuid7()))
        head = [STATUS_LINE[400], b"connection: close\r\n", b"cache-control: no-store\r\n"]
        head += [name + b": " + value + b"\r\n" for name, value in answer.raw_headers]
        self.transport.write(b"".join([*head, b"\r\n", bytes(answer.body)]))
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for any more."""
        self._headers_done()
        super().connection_lost(exc)

    def _await_headers(self) -> None:
        self._header_bytes = 0
        self._header_timer = self.loop.call_later(HEADER_SECONDS, self._too_slow)

    def _headers_done(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _too_slow(self) -> None:
        self._header_timer = None
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()


class Server(uvicorn.Server):
    """uvicorn without signal handlers of its own: the process decides when to stop."""

    def capture_signals(self) -> Any:
        """Leave signals to the process."""
        from contextlib import nullcontext

        return nullcontext()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let streams end first: they would go on for as long as they are let."""
        streams.end_all()
        await super().shutdown(sockets)


def make_server(app: Any, host: str, port: int, grace_seconds: int) -> Server:
    """A server that stops within `grace_seconds`, open streams or not."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=grace_seconds,
        limit_concurrency=CONNECTION_LIMIT,
        backlog=256,
    )
    return Server(config)


def bind(host: str, port: int) -> socket.socket:
    """Bind before anything else starts. Raises OSError where the port is taken."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(256)
    return listener
