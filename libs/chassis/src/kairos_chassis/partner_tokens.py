"""Partners' tokens: what a program gets for its assertion, and who is behind one.

A token is `kpar_<network>_<secret>`, good for five minutes at this service alone. The service keeps
its hash, so that every process knows it and it can be taken back.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from kairos_chassis.auth import Caller, unauthenticated
from kairos_chassis.db import Database, Transaction
from kairos_chassis.partners import PartnerClient, PartnerVerifier
from kairos_chassis.policy import covers
from kairos_chassis.statements import Statement
from kairos_chassis.trust_tables import partner_token

PREFIX: Final = "kpar_"
LIFETIME: Final = timedelta(minutes=5)
_TOKEN: Final = re.compile(r"kpar_([0-9a-f]{32})_[A-Za-z0-9_-]{43}")
_FIND = Statement(
    "SELECT client_id, scopes, issued_at, expires_at FROM partner_token WHERE digest = $1::bytea",
    ("digest",),
    {},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partners:
    """The programs of partners that a service knows. `token_address` is where they ask for tokens,
    as they know it: their assertions name it.
    """

    verifier: PartnerVerifier
    token_address: str

    def scopes(self) -> list[str]:
        """Every scope that some client may ask for."""
        return sorted({one for client in self.verifier.clients.values() for one in client.scopes})


class ScopeRefused(Exception):
    """The client may not ask for this."""


def granted(client: PartnerClient, asked: str) -> list[str]:
    """The scopes of a request: what it names, each within what the client may.

    Raises ScopeRefused where one is not, or none is named.
    """
    wanted = asked.split()
    if not wanted or not all(covers(client.scopes, one) for one in wanted):
        raise ScopeRefused
    return sorted(set(wanted))


def issue(tx: Transaction, client: PartnerClient, scopes: Iterable[str]) -> str:
    """A new token, told once and kept nowhere."""
    token = f"{PREFIX}{client.network.hex}_{secrets.token_urlsafe(32)}"
    tx.insert(
        partner_token,
        digest=_digest(token),
        network_id=client.network,
        client_id=client.client_id,
        scopes=list(scopes),
        issued_at=tx.now,
        expires_at=tx.now + LIFETIME,
    )
    return token


def subject_of(client_id: str) -> UUID:
    """The id under which a client stands in the audit trail."""
    return uuid5(NAMESPACE_URL, f"kairos:partner:{client_id}")


async def identify(db: Database, partners: Partners | None, token: str) -> Caller:
    """The program behind a token. Raises Refusal (401), the same for every reason."""
    match = _TOKEN.fullmatch(token)
    if match is None or partners is None:
        raise unauthenticated()
    network = UUID(hex=match.group(1))
    async with db.transaction(network) as tx:
        row = await tx.fetch_one(_FIND, digest=_digest(token))
        if row is None or row["expires_at"] <= tx.now:
            raise unauthenticated()
    client = partners.verifier.clients.get(row["client_id"])
    if client is None or client.network != network:
        raise unauthenticated()  # taken off the list since
    return Caller(
        subject=subject_of(client.client_id),
        network_id=network,
        roles=frozenset({"partner"}),
        sites=None,
        expires_at=row["expires_at"],
        issued_at=row["issued_at"],
        scopes=frozenset(one for one in row["scopes"] if covers(client.scopes, one)),
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
