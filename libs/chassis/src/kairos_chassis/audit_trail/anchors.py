"""Anchors: copies of checkpoints where whoever owns the database cannot change them.

A file on another volume, one JSON line for each checkpoint; better still one that only grows, or
that is shipped away. Verification believes the anchor, not the database.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from kairos_chassis.audit_trail.entries import Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What is known outside of a checkpoint."""

    service: str
    number: int
    last_id: int
    hash: str

    def line(self) -> str:
        """As a line of the file."""
        return orjson.dumps(
            {
                "service": self.service,
                "number": self.number,
                "last_id": self.last_id,
                "hash": self.hash,
            }
        ).decode()


def anchor_of(service: str, checkpoint: Checkpoint) -> Anchor:
    """The anchor of a checkpoint."""
    return Anchor(
        service=service,
        number=checkpoint.number,
        last_id=checkpoint.last_id,
        hash=checkpoint.hash.hex(),
    )


def append(path: Path, anchor: Anchor) -> None:
    """Add a line. Raises OSError."""
    with path.open("ab+") as file:
        # After a line that a crash cut short, begin a new one.
        whole = file.tell() == 0 or _last_byte(path) == b"\n"
        file.write(b"" if whole else b"\n")
        file.write(anchor.line().encode() + b"\n")


def read(path: Path, service: str) -> list[Anchor]:
    """The anchors of a service, in order. Raises OSError; ValueError for a line that is none.

    A line cut short by a crash is passed over: the next one says the same and more.
    """
    found = [_anchor(one) for line in path.read_bytes().splitlines() for one in _document(line)]
    return sorted((one for one in found if one.service == service), key=lambda one: one.number)


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1)


def _document(line: bytes) -> list[Any]:
    try:
        return [orjson.loads(line)]
    except orjson.JSONDecodeError:
        return []


def _anchor(document: Any) -> Anchor:
    if not isinstance(document, dict):
        raise ValueError("a line is no anchor")
    try:
        return Anchor(
            service=str(document["service"]),
            number=int(document["number"]),
            last_id=int(document["last_id"]),
            hash=str(document["hash"]),
        )
    except (KeyError, TypeError) as missing:
        raise ValueError("a line is no anchor") from missing
