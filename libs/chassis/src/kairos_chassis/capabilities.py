"""Tokens that are a right by themselves: one-time links, calendar feeds.

A capability is `kcap_<network>_<secret>`. The service keeps only its hash, in its own table, with
whatever bounds it: whom it is for, until when, how often. It travels as a bearer token, or, for
programs that can only be given an address, in the path.
"""

import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable
from uuid import UUID

from kairos_chassis.auth import Caller, unauthenticated
from kairos_chassis.db import Database, Transaction

PREFIX = "kcap_"
_TOKEN = re.compile(r"kcap_([0-9a-f]{32})_[A-Za-z0-9_-]{43}")

Capabilities = Callable[[Transaction, bytes], Awaitable[Caller | None]]
"""The caller behind the hash of a capability, in a transaction of its network; None for none."""


def mint(network_id: UUID) -> tuple[str, bytes]:
    """A new capability and its hash. The token is told once and kept nowhere."""
    token = f"{PREFIX}{network_id.hex}_{secrets.token_urlsafe(32)}"
    return token, digest(token)


def digest(token: str) -> bytes:
    """SHA-256 of a capability. Its secret has 256 random bits, so no salt and no slow hash."""
    return hashlib.sha256(token.encode()).digest()


async def identify(db: Database, find: Capabilities | None, token: str) -> Caller:
    """The caller behind a capability. Raises Refusal (401), the same for every reason."""
    match = _TOKEN.fullmatch(token)
    if match is None or find is None:
        raise unauthenticated()
    network = UUID(hex=match.group(1))
    async with db.transaction(network) as tx:
        caller = await find(tx, digest(token))
        if caller is None or caller.expires_at <= tx.now or caller.network_id != network:
            raise unauthenticated()
    return caller
