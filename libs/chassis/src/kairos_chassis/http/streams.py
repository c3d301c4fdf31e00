"""Server-sent events: a read that goes on, resumable by Last-Event-ID.

A stream asks its source again and again from where it last was, so nothing is kept between a
process and its client but the id of the last event: any process can go on with it. It is sent at
least once; a client tells a repeat by its id. A stream ends by itself after a while, as soon as its
caller's token has expired or was cut off, which is asked before each look, and at once when the
process stops: it never holds a shutdown.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

MEDIA_TYPE: Final = "text/event-stream"
_HEARTBEAT: Final = b": heartbeat\n\n"
_open: set[asyncio.Event] = set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event: `data` is one line of JSON."""

    id: str
    type: str
    data: bytes

    def encode(self) -> bytes:
        """As it goes over the wire."""
        return b"id: %s\nevent: %s\ndata: %s\n\n" % (
            self.id.encode(),
            self.type.encode(),
            self.data.replace(b"\n", b" "),
        )


Source = Callable[[str | None], Awaitable[Sequence[Event]]]
"""The events after that id, in order; None: from now on."""
Admitted = Callable[[], Awaitable[bool]]
"""Whether the caller may still read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Where a stream takes its events from, and how patiently."""

    source: Source
    after: str | None
    every_seconds: float = 1.0
    heartbeat_seconds: float = 15.0
    ends_after_seconds: float = 600.0


def end_all() -> None:
    """Let every open stream of this process end: it is about to stop."""
    for ending in _open:
        ending.set()


class EventStream(Response):
    """The answer that goes on."""

    media_type = MEDIA_TYPE

    def __init__(self, stream: Stream, request_id: str, admitted: Admitted) -> None:
        super().__init__(headers={"X-Request-Id": request_id, "Cache-Control": "no-store"})
        del self.headers["content-length"]
        self._stream = stream
        self._admitted = admitted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the client goes, the process stops, or the time is up."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        ending = asyncio.Event()
        _open.add(ending)
        gone = asyncio.create_task(_until_gone(receive, ending))
        try:
            await self._send_events(send, ending)
        finally:
            gone.cancel()
            _open.discard(ending)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_events(self, send: Send, ending: asyncio.Event) -> None:
        stream, after = self._stream, self._stream.after
        loop = asyncio.get_running_loop()
        until, silent_since = loop.time() + stream.ends_after_seconds, loop.time()
        while not ending.is_set() and loop.time() < until and await self._admitted():
            events = await stream.source(after)
            body = b"".join(event.encode() for event in events)
            if events:
                after = events[-1].id
            elif loop.time() - silent_since >= stream.heartbeat_seconds:
                body = _HEARTBEAT
            if body:
                silent_since = loop.time()
                await send({"type": "http.response.body", "body": body, "more_body": True})
            try:
                await asyncio.wait_for(ending.wait(), stream.every_seconds)
            except TimeoutError:
                continue


async def _until_gone(receive: Receive, ending: asyncio.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    ending.set()
