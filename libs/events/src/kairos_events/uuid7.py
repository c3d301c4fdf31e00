"""Event ids: UUIDs of version 7 (RFC 9562), which sort in the order they were made.

Own code because Python has `uuid.uuid7` only from 3.14 on and Kairos runs on 3.11. The layout is
that of the standard library: 48 bits of milliseconds, a 42-bit counter, 32 random bits.
"""

import secrets
import threading
import time
from uuid import UUID

_COUNTER_BITS = 42
_VERSION_AND_VARIANT = (0x7 << 76) | (0x2 << 62)

_lock = threading.Lock()
_last_millisecond = 0
_counter = 0


def uuid7() -> UUID:
    """Return a new UUIDv7, greater than every one this process made before.

    It reads the real clock, never the platform's movable one: an id is no time of a fact.
    """
    with _lock:
        millisecond, counter = _advance(time.time_ns() // 1_000_000)
    value = millisecond << 80
    value |= (counter >> 30) << 64  # 12 high bits beside the version
    value |= (counter & 0x3FFF_FFFF) << 32  # 30 low bits beside the variant
    value |= secrets.randbits(32)
    return UUID(int=value | _VERSION_AND_VARIANT)


def _advance(now: int) -> tuple[int, int]:
    """Step the pair so that it only ever grows, even when the clock steps back."""
    global _last_millisecond, _counter
    if now > _last_millisecond:
        _last_millisecond = now
        _counter = secrets.randbits(_COUNTER_BITS - 1)  # upper half left free for counting up
    else:
        _counter += 1
        if _counter >> _COUNTER_BITS:
            _last_millisecond += 1
            _counter = secrets.randbits(_COUNTER_BITS - 1)
    return _last_millisecond, _counter
