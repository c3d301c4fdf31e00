"""What is hashed: an audit entry, and the checkpoint over a run of them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import orjson

from kairos_chassis.audit_trail import merkle
from kairos_chassis.audit_trail.merkle import HASH_BYTES

FORMAT: Final = 1  # of leaves and hashes; a new column of the entry is a new format
GENESIS: Final = bytes(HASH_BYTES)  # before the first checkpoint
FIELDS: Final = (
    "id",
    "network_id",
    "at",
    "actor",
    "actor_roles",
    "acting_for",
    "action",
    "purpose",
    "patient_id",
    "resource",
    "outcome",
    "reason",
    "request_id",
    "source_address",
)
_CONTENT = FIELDS[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A sealed run of entries, chained to the one before."""

    number: int
    format: int
    last_id: int
    ids: Sequence[int]
    leaves: Sequence[bytes]
    root: bytes
    previous: bytes
    hash: bytes
    sealed_at: datetime

    def computed_root(self) -> bytes:
        """The root as its leaves say it is."""
        return merkle.root(self.leaves)

    def computed_hash(self) -> bytes:
        """The hash as everything else says it is."""
        content = {
            "count": len(self.leaves),
            "format": self.format,
            "last_id": self.last_id,
            "number": self.number,
            "previous": self.previous.hex(),
            "root": self.root.hex(),
            "sealed_at": _instant(self.sealed_at),
        }
        text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(b"kairos.audit_checkpoint\n" + text).digest()


def leaf_of(entry: Mapping[str, Any], *, as_id: int | None = None) -> bytes:
    """The hash of an entry; `as_id` asks what it would be under another id."""
    number = entry["id"] if as_id is None else as_id
    content = [FORMAT, number, *(_plain(entry[name]) for name in _CONTENT)]
    return merkle.leaf(orjson.dumps(content))


def seal_run(
    before: Checkpoint | None, entries: Sequence[Mapping[str, Any]], sealed_at: datetime
) -> Checkpoint:
    """The checkpoint over these entries, which follow `before` in the order of their ids."""
    ids = [int(entry["id"]) for entry in entries]
    leaves = [leaf_of(entry) for entry in entries]
    unsigned = Checkpoint(
        number=1 if before is None else before.number + 1,
        format=FORMAT,
        last_id=ids[-1],
        ids=ids,
        leaves=leaves,
        root=merkle.root(leaves),
        previous=GENESIS if before is None else before.hash,
        hash=b"",
        sealed_at=sealed_at,
    )
    return with_hash(unsigned)


def with_hash(checkpoint: Checkpoint) -> Checkpoint:
    """The same with the hash it should have."""
    values = {name: getattr(checkpoint, name) for name in checkpoint.__slots__}
    return Checkpoint(**values | {"hash": checkpoint.computed_hash()})


def checkpoint_from(row: Mapping[str, Any]) -> Checkpoint:
    """A checkpoint as the database holds it, true or not."""
    packed = bytes(row["leaves"])
    return Checkpoint(
        number=row["number"],
        format=row["format"],
        last_id=row["last_id"],
        ids=list(row["ids"]),
        leaves=[packed[i : i + HASH_BYTES] for i in range(0, len(packed), HASH_BYTES)],
        root=bytes(row["root"]),
        previous=bytes(row["previous"]),
        hash=bytes(row["hash"]),
        sealed_at=row["sealed_at"],
    )


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return _instant(value)
    return list(value) if isinstance(value, list | tuple) else value


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
