"""Idempotency-Key: a repeated request gets the first answer, and its effect happens once.

The key is inserted in the transaction of the effect, with the answer. A repeat therefore fails
on the primary key, or on a rule that the first run made true; either way the edge then looks
the key up and replays. Two concurrent repeats wait for each other on that primary key.
"""

import hashlib
import re
from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Database, Transaction
from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.statements import statement
from kairos_chassis.tables import idempotency_key
from sqlalchemy import bindparam, select

_KEY = re.compile(r"^[\x21-\x7e]{8,128}$")

_FIND = statement(
    select(idempotency_key).where(
        idempotency_key.c.subject == bindparam("subject"),
        idempotency_key.c.key == bindparam("key"),
    )
)


class KeyTaken(Exception):
    """The idempotency key has been used; the edge replays its answer."""

    slug = "idempotency_key_taken"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class Claim:
    """A key somebody sent, and the hash of what they sent with it."""

    subject: UUID
    key: str
    request_sha256: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """The first answer under a key."""

    status: int
    etag: str | None
    location: str | None
    body: bytes


def claim(
    header: str | None,
    subject: UUID,
    method: str,
    path: str,
    body: bytes,
    acting_for: UUID | None = None,
) -> Claim:
    """The claim of a request. Raises Refusal (400) where the key is missing or unfit.

    For whom a service acts is part of the request: no user hears another's answer.
    """
    if header is None or not _KEY.match(header):
        message = "Send an Idempotency-Key of 8 to 128 visible ASCII characters."
        raise Refusal("idempotency_key_required", Kind.MALFORMED, message)
    whom = [] if acting_for is None else [acting_for.bytes]
    content = b"\0".join([method.encode(), path.encode(), *whom, body])
    return Claim(subject, header, hashlib.sha256(content).digest())


def store(
    tx: Transaction,
    claim: Claim,
    status: int,
    etag: str | None,
    location: str | None,
    body: bytes,
) -> None:
    """Queue the key with its answer beside the effect."""
    tx.refuse_on("idempotency_key_pkey", KeyTaken())
    tx.insert(
        idempotency_key,
        network_id=tx.network,
        subject=claim.subject,
        key=claim.key,
        request_sha256=claim.request_sha256,
        status=status,
        etag=etag,
        location=location,
        body=body,
        created_at=tx.now,
    )


async def find(db: Database, network_id: UUID, claim: Claim) -> Stored | None:
    """The stored answer, or None. Raises Refusal (422) where another request used the key."""
    async with db.transaction(network_id) as tx:
        row = await tx.fetch_one(_FIND, subject=claim.subject, key=claim.key)
    if row is None:
        return None
    if bytes(row["request_sha256"]) != claim.request_sha256:
        message = "This Idempotency-Key was used for a different request. Choose a new one."
        raise Refusal("idempotency_key_reused", Kind.INVALID, message)
    return Stored(row["status"], row["etag"], row["location"], bytes(row["body"]))
