"""Lengths of time as people type them."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhd])")


def parse_duration(text: str) -> timedelta:
    """90s, 15m, 1h30m, 2d; a minus in front goes back. Raises ValueError for other text."""
    unsigned = text.removeprefix("-")
    parts = _PART.findall(unsigned)
    if not parts or "".join(number + unit for number, unit in parts) != unsigned:
        raise ValueError(f"{text!r} is not a length of time like 90s, 15m, 1h30m or 2d")
    total = sum((timedelta(**{_UNITS[u]: float(n)}) for n, u in parts), timedelta())
    return -total if text.startswith("-") else total
