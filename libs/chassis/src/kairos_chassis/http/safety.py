"""Headers that keep a browser from doing with an answer what nobody meant, and whose pages may ask.

The service stands without a proxy in front of it, so it says these itself.
Source: OWASP ASVS 5.0, 3.4, and the OWASP REST Security Cheat Sheet.
"""

from collections.abc import Iterable
from typing import Final

from starlette.types import Message, Scope, Send

SAFE_HEADERS: Final[list[tuple[bytes, bytes]]] = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
]
NO_STORE: Final = (b"cache-control", b"no-store")
_METHODS: Final = b"GET, POST, PUT, PATCH"
_ASKED: Final = b"Authorization, Content-Type, Idempotency-Key, If-Match, Kairos-Break-Glass"
_TOLD: Final = b"ETag, Link, Location, X-Request-Id, Idempotency-Replayed, RateLimit, Retry-After"
_REMEMBERED_SECONDS: Final = b"600"


class Origins:
    """Web pages whose scripts may read answers: exact origins, none by default, never any.

    Credentials of the browser are never asked for: who calls shows a token.
    """

    def __init__(self, origins: Iterable[str]) -> None:
        self._allowed = frozenset(origin.encode("ascii") for origin in origins)

    def of(self, scope: Scope) -> bytes | None:
        """The origin of a request, if it may read the answer."""
        if not self._allowed:
            return None
        for name, value in scope["headers"]:
            if name == b"origin":
                return value if value in self._allowed else None
        return None


def asks_first(scope: Scope) -> bool:
    """Whether a browser asks before it sends the request itself."""
    names = {name for name, _ in scope["headers"]}
    return scope["method"] == "OPTIONS" and b"access-control-request-method" in names


async def answer_first(send: Send, origin: bytes) -> None:
    """Tell a browser what it may send."""
    headers = [
        *_for_origin(origin),
        (b"access-control-allow-methods", _METHODS),
        (b"access-control-allow-headers", _ASKED),
        (b"access-control-max-age", _REMEMBERED_SECONDS),
        *SAFE_HEADERS,
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def readable(send: Send, origin: bytes) -> Send:
    """Send an answer so that scripts of that origin may read it."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            exposed = (b"access-control-expose-headers", _TOLD)
            message["headers"] = [*message["headers"], *_for_origin(origin), exposed]
        await send(message)

    return sending


def safe(send: Send) -> Send:
    """Send an answer that is not one of our routes' with the headers they have."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *SAFE_HEADERS, NO_STORE]
        await send(message)

    return sending


def _for_origin(origin: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]
