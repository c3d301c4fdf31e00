"""How many requests one client may send: a bucket for each, in the memory of this process.

Told in the headers of the IETF draft "RateLimit header fields for HTTP" (draft-10). Each process
counts for itself, so a service of n processes allows up to n times as much. Clients who show no
good token are counted by address, and apart: they can lock nobody out who shows one.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

from kairos_chassis.errors import Kind

WINDOW_SECONDS: Final = 60
STRANGERS_PER_MINUTE: Final = 120  # requests without a good token, from one address
SERVICE_FACTOR: Final = 10  # another service works for many people
CLIENTS_REMEMBERED: Final = 50_000

Headers = list[tuple[bytes, bytes]]


class TooManyRequests(Exception):
    """Too many requests; wait as long as Retry-After says.

    `first` says whether the client was let through just before: only that refusal is audited, so
    that a flood does not write the trail full.
    """

    slug = "too_many_requests"
    kind = Kind.TOO_MANY

    def __init__(self, retry_after_seconds: int, *, first: bool) -> None:
        super().__init__()
        self.headers = {"Retry-After": str(retry_after_seconds)}
        self.first = first


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client has left."""

    limit: int
    left: int
    full_in_seconds: int

    def headers(self) -> Headers:
        """For the answer."""
        return [
            (b"ratelimit-policy", b'"default";q=%d;w=%d' % (self.limit, WINDOW_SECONDS)),
            (b"ratelimit", b'"default";r=%d;t=%d' % (self.left, self.full_in_seconds)),
        ]


@dataclass(slots=True)
class Limiter:
    """The buckets of this process. They hold a minute's worth and fill up steadily."""

    per_minute: int
    strangers_per_minute: int = STRANGERS_PER_MINUTE
    seconds: Callable[[], float] = time.monotonic
    _buckets: "OrderedDict[Hashable, _Bucket]" = field(default_factory=OrderedDict)

    def take(self, client: Hashable, *, factor: int = 1) -> Allowance:
        """Let one request of a known client pass. Raises TooManyRequests (429)."""
        return self._take(client, self.per_minute * factor)

    def take_stranger(self, address: str | None) -> None:
        """Count one request without a good token. Raises TooManyRequests (429)."""
        self._take(("stranger", address), self.strangers_per_minute)

    def _take(self, client: Hashable, limit: int) -> Allowance:
        now, rate = self.seconds(), limit / WINDOW_SECONDS
        bucket = self._buckets.get(client)
        if bucket is None:
            bucket = self._buckets[client] = _Bucket(limit, now)
            while len(self._buckets) > CLIENTS_REMEMBERED:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(client)
            bucket.left = min(limit, bucket.left + (now - bucket.at) * rate)
            bucket.at = now
        if bucket.left < 1:
            first, bucket.refused = not bucket.refused, True
            raise TooManyRequests(math.ceil((1 - bucket.left) / rate), first=first)
        bucket.left -= 1
        bucket.refused = False
        return Allowance(limit, int(bucket.left), math.ceil((limit - bucket.left) / rate))
