"""The people of the journey: who they are, and how they speak to the platform.

A person repeats a request that was not answered, under the same idempotency key: that is what a
tablet does when the network drops or a process is killed, and the platform must have one effect.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from kairos_local.errors import CannotStart

PATIENCE_S = 60.0
_PAUSE_S = 0.2
_TRY_AGAIN = frozenset({502, 503, 504})
_READ, _CHANGED = 200, 412
_READINGS = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform said."""

    status: int
    body: dict[str, Any]
    etag: str | None

    @property
    def slug(self) -> str:
        """The problem's name; empty for an answer that is none."""
        return str(self.body.get("type", "")).rpartition(":")[2]

    @property
    def rules(self) -> list[str]:
        """The rules that refused."""
        return [str(rule) for rule in self.body.get("rules", [])]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that was answered, with its body, and the answer."""

    actor: uuid.UUID
    service: str
    method: str
    path: str
    answer: Answer
    sent: Any = None


@dataclass(slots=True, kw_only=True)
class Person:
    """One log-in. `mint` makes a fresh token for it, valid at the platform's present time.

    `repeats` counts the requests sent again, `exchanges` keeps every answer that came.
    """

    name: str
    id: uuid.UUID
    mint: Callable[[], str]
    urls: Callable[[], dict[str, str]]
    client: httpx.Client
    patience_s: float = PATIENCE_S
    repeats: int = 0
    exchanges: list[Exchange] = field(default_factory=list)

    def get(self, service: str, path: str, **params: Any) -> Answer:
        """Read."""
        return self._send("GET", service, path, params=params or None)

    def post(
        self, service: str, path: str, body: dict[str, Any] | None = None, etag: str | None = None
    ) -> Answer:
        """Do."""
        return self._send("POST", service, path, json=body, etag=etag)

    def act_on(
        self, service: str, thing: str, verb: str, body: dict[str, Any] | None = None
    ) -> Answer:
        """Read a thing and do something with it, as it was read.

        What falls due meanwhile may change it: then it is read again, as a person would.
        """
        for _ in range(_READINGS):
            read = self.get(service, thing)
            if read.status != _READ:
                return read
            answer = self.post(service, f"{thing}/{verb}", body, read.etag)
            if answer.status != _CHANGED:
                break
        return answer

    def patch(self, service: str, path: str, body: dict[str, Any], etag: str | None) -> Answer:
        """Change."""
        return self._send("PATCH", service, path, json=body, etag=etag)

    def _send(
        self, method: str, service: str, path: str, *, etag: str | None = None, **content: Any
    ) -> Answer:
        headers = {"Idempotency-Key": str(uuid.uuid4())} if method != "GET" else {}
        if etag is not None:
            headers["If-Match"] = etag
        limit = time.monotonic() + self.patience_s
        while True:
            answer = self._once(method, service, path, headers, content)
            if answer is not None and answer.status not in _TRY_AGAIN:
                return answer
            if time.monotonic() > limit:
                raise TimeoutError(f"{service} did not answer {method} {path}")
            self.repeats += 1
            time.sleep(_PAUSE_S)

    def _once(
        self, method: str, service: str, path: str, headers: dict[str, str], content: dict[str, Any]
    ) -> Answer | None:
        """One try; None where nobody answered."""
        try:
            address = self.urls()[service] + path
            token = {"Authorization": f"Bearer {self.mint()}"}
            got = self.client.request(method, address, headers=headers | token, **content)
            body = got.json() if got.content else {}
        except (httpx.TransportError, ValueError, KeyError, OSError, CannotStart):
            return None
        answer = Answer(got.status_code, body, got.headers.get("ETag"))
        sent = content.get("json")
        self.exchanges.append(Exchange(self.id, service, method, path, answer, sent))
        return answer
