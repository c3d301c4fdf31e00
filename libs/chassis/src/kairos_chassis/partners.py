"""Partner programs that show who they are by a signed assertion (private_key_jwt).

Source: SMART App Launch 2.2, "Client authentication: asymmetric", and RFC 7523: RS384 or ES384,
`iss` and `sub` the client's id, `aud` the address it asks, five minutes at most, and a `jti` that
is taken once. The keys are those registered with the client; none that an assertion offers counts.

Clients stand in a TOML file:

    [[client]]
    client_id = "ehr-of-clinic-a"
    network = "018f…"
    scopes = ["system/Observation.rs"]
    jwks_file = "ehr-of-clinic-a.jwks.json"    # or jwks_url = "https://…"
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import jwt
from pydantic import BaseModel, ConfigDict, HttpUrl, ValidationError

from kairos_chassis.db import Database
from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.keys import FileKeys, KeySource, UrlKeys
from kairos_chassis.statements import Statement

ALGORITHMS: Final = ("RS384", "ES384")
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFETIME: Final = timedelta(minutes=5)
LEEWAY: Final = timedelta(seconds=30)
LIMIT_BYTES: Final = 8_192
_JTI_LIMIT: Final = 255

_USE = Statement(
    "INSERT INTO used_assertion (client_id, jti, expires_at) "
    "VALUES ($1::text, $2::text, $3::timestamptz) ON CONFLICT DO NOTHING",
    ("client", "jti", "expires_at"),
    {},
)
_FORGET = Statement("DELETE FROM used_assertion WHERE expires_at < $1::timestamptz", ("now",), {})


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: str
    network: UUID
    scopes: list[str]
    jwks_file: Path | None = None
    jwks_url: HttpUrl | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerClient:
    """A partner's program, and what it may ask for at most."""

    client_id: str
    network: UUID
    scopes: frozenset[str]
    keys: KeySource = field(repr=False)

    @property
    def never(self) -> datetime:
        """An instant after every token."""
        return datetime.max.replace(tzinfo=UTC)


def read_clients(path: Path) -> dict[str, PartnerClient]:
    """The clients of a file by their ids. Raises OSError, ValueError."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        entries = [_Entry.model_validate(one) for one in document.get("client", [])]
    except ValidationError as error:
        raise ValueError(str(error)) from None
    clients = {entry.client_id: _client(entry, path.parent) for entry in entries}
    if len(clients) != len(entries):
        raise ValueError("two clients share an id")
    return clients


def _client(entry: _Entry, folder: Path) -> PartnerClient:
    if (entry.jwks_file is None) == (entry.jwks_url is None):
        raise ValueError(f"{entry.client_id}: name one of jwks_file and jwks_url")
    keys: KeySource
    if entry.jwks_file is not None:
        keys = FileKeys(folder / entry.jwks_file)
    else:
        address = entry.jwks_url
        if address is None or address.scheme != "https":
            raise ValueError(f"{entry.client_id}: a partner's keys are fetched over https")
        keys = UrlKeys(str(address))
    return PartnerClient(
        client_id=entry.client_id,
        network=entry.network,
        scopes=frozenset(entry.scopes),
        keys=keys,
    )


def invalid_client() -> Refusal:
    """The one answer to every assertion that is none: it says nothing about why."""
    return Refusal("invalid_client", Kind.UNAUTHENTICATED, "Send a valid client assertion.")


@dataclass(frozen=True, slots=True)
class PartnerVerifier:
    """Turns an assertion into the client that signed it. `audience` is the address it was sent to.

    One assertion is good once, whichever process of the service hears it first.
    """

    clients: Mapping[str, PartnerClient]
    audience: str
    db: Database

    async def verify(self, assertion: str) -> PartnerClient:
        """The client behind an assertion. Raises Refusal (401)."""
        if len(assertion) > LIMIT_BYTES:
            raise invalid_client()
        try:
            client, claims = await self._check(assertion)
            expires_at = self._judge_times(claims)
            jti = claims["jti"]
            if not isinstance(jti, str) or not 0 < len(jti) <= _JTI_LIMIT:
                raise invalid_client()
        except Refusal:
            raise
        except (jwt.PyJWTError, ValueError, LookupError, TypeError, AttributeError, OverflowError):
            raise invalid_client() from None
        await self._take(client, jti, expires_at)
        return client

    async def _check(self, assertion: str) -> tuple[PartnerClient, dict[str, Any]]:
        header = jwt.get_unverified_header(assertion)
        if header.get("alg") not in ALGORITHMS or "crit" in header:
            raise invalid_client()
        unsigned = jwt.decode(assertion, options={"verify_signature": False})
        client = self.clients[unsigned["iss"]]
        key = await client.keys.find(header.get("kid"), header["alg"])
        claims: dict[str, Any] = jwt.decode(
            assertion,
            key,
            algorithms=[header["alg"]],
            audience=self.audience,
            issuer=client.client_id,
            subject=client.client_id,
            # Times are judged on the platform's clock.
            options={
                "require": ["iss", "sub", "aud", "exp", "jti"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
        return client, claims

    def _judge_times(self, claims: Mapping[str, Any]) -> datetime:
        """When the assertion ends. Raises Refusal (401) for one too old, too new or too long."""
        now = self.db.clock.now()
        expires_at = _instant(claims["exp"])
        starts = [_instant(claims[name]) for name in ("nbf", "iat") if name in claims]
        if not now - LEEWAY < expires_at <= now + LIFETIME + LEEWAY:
            raise invalid_client()
        if any(start > now + LEEWAY for start in starts):
            raise invalid_client()
        return expires_at

    async def _take(self, client: PartnerClient, jti: str, expires_at: datetime) -> None:
        async with self.db.transaction(None) as tx:
            await tx.execute(_FORGET, now=tx.now - 2 * LEEWAY)
            row = {"client": client.client_id, "jti": jti, "expires_at": expires_at}
            if await tx.execute(_USE, **row) == 0:
                raise invalid_client()


def _instant(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a numeric date")
    return datetime.fromtimestamp(value, UTC)
