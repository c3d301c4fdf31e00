"""Who is calling: OIDC access tokens, verified against an algorithm allow-list.

A verified token is remembered for at most a minute, so that a key taken out of the set, or a
signature never checked again, cannot matter longer than that.
"""

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import jwt

from kairos_chassis.clock import Clock
from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.issuers import TrustedIssuer
from kairos_chassis.keys import ALGORITHMS, KeySource

LEEWAY = timedelta(seconds=30)
REMEMBERED_SECONDS = 60.0
REMEMBERED_TOKENS = 10_000
TOKEN_LIMIT_BYTES = 8_192


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The identity behind a request.

    `network_id` is None only for a service identity before it named the network of its call.
    `sites` None means every site of the network.
    """

    subject: UUID
    network_id: UUID | None
    roles: frozenset[str]
    sites: frozenset[UUID] | None
    expires_at: datetime
    issued_at: datetime | None = None  # of an access token
    acting_for: UUID | None = None
    patient_id: UUID | None = None  # of a patient's own token: the only patient it reaches
    service: str | None = None  # which service of ours is calling
    scopes: frozenset[str] | None = None  # of a partner's program: all it may ask for

    @property
    def is_service(self) -> bool:
        """Whether another Kairos service is calling."""
        return "service" in self.roles


class Cuts(Protocol):
    """Knows whose older tokens have been cut off; see `access.cuts`."""

    async def admits(self, network: UUID, subject: UUID, issued_at: datetime) -> bool:
        """Whether a token issued then still opens anything."""


@dataclass(slots=True)
class Verifier:
    """Turns a bearer token into a `Caller`.

    `others` are issuers beside the one of the settings; each is believed under its own keys only.
    """

    keys: KeySource
    issuer: str
    audience: str
    clock: Clock
    others: Sequence[TrustedIssuer] = ()
    cuts: Cuts | None = None
    _known: "OrderedDict[str, tuple[float, Caller]]" = field(default_factory=OrderedDict)
    _trusted: dict[str, TrustedIssuer] = field(init=False)

    def __post_init__(self) -> None:
        self._trusted = {one.issuer: one for one in self.others}
        self._trusted[self.issuer] = TrustedIssuer(
            issuer=self.issuer, audience=self.audience, keys=self.keys, bounded=False
        )

    async def verify(self, authorization: str | None) -> Caller:
        """The caller behind an Authorization header. Raises Refusal (401)."""
        token = _bearer(authorization)
        known = self._known.get(token)
        if known is not None and known[0] > time.monotonic():
            caller = known[1]
        else:
            caller = await self._check(token)
            self._remember(token, caller)
        if caller.expires_at <= self.clock.now() - LEEWAY:
            raise unauthenticated()
        if self.cuts is not None and caller.network_id is not None:
            issued_at = caller.issued_at or caller.expires_at
            if not await self.cuts.admits(caller.network_id, caller.subject, issued_at):
                raise unauthenticated()
        return caller

    async def _check(self, token: str) -> Caller:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS or "crit" in header:
                raise unauthenticated()
            issuer = self._issuer_of(token)
            key = await issuer.keys.find(header.get("kid"), header["alg"])
            claims = jwt.decode(
                token,
                key,
                algorithms=[header["alg"]],
                audience=issuer.audience,
                issuer=issuer.issuer,
                # Times are judged below, on the platform's clock.
                options={
                    "require": issuer.required,
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
            if not issuer.is_access_token(header, claims):
                raise unauthenticated()
            caller = self._caller(issuer.in_our_words(claims))
            if not issuer.may_say(caller.network_id, caller.roles):
                raise unauthenticated()
            return caller
        except Refusal:
            raise
        except (jwt.PyJWTError, ValueError, LookupError, RecursionError):
            raise unauthenticated() from None
        except (TypeError, AttributeError, OverflowError):  # a claim of a kind nobody foresaw
            raise unauthenticated() from None

    def _issuer_of(self, token: str) -> TrustedIssuer:
        """The issuer a token says it is from; whether that is true its keys tell."""
        if len(self._trusted) == 1:
            return self._trusted[self.issuer]
        unsigned = jwt.decode(token, options={"verify_signature": False})
        return self._trusted[unsigned["iss"]]

    def _caller(self, claims: dict[str, Any]) -> Caller:
        now = self.clock.now()
        issued_at = _instant(claims["iat"])
        # A token from the future would outlive every cut.
        if max(issued_at, _instant(claims.get("nbf", claims["iat"]))) > now + LEEWAY:
            raise unauthenticated()
        roles = _texts(claims.get("roles", []))
        network = claims.get("network")
        if network is None and "service" not in roles:
            raise unauthenticated()
        service = claims.get("service")
        if service is not None and (roles != ["service"] or not isinstance(service, str)):
            raise unauthenticated()  # an identity of a service is nothing beside
        sites = _texts(claims.get("sites", []))
        patient = claims.get("patient")
        if (patient is None) == ("patient" in roles):
            raise unauthenticated()  # a patient's token names the patient, and no other does
        return Caller(
            subject=UUID(claims["sub"]),
            network_id=None if network is None else UUID(network),
            roles=frozenset(roles),
            sites=None if sites == ["*"] else frozenset(UUID(site) for site in sites),
            expires_at=_instant(claims["exp"]),
            issued_at=issued_at,
            patient_id=None if patient is None else UUID(patient),
            service=service,
        )

    def _remember(self, token: str, caller: Caller) -> None:
        self._known[token] = (time.monotonic() + REMEMBERED_SECONDS, caller)
        while len(self._known) > REMEMBERED_TOKENS:
            self._known.popitem(last=False)


def _bearer(authorization: str | None) -> str:
    if authorization is None or len(authorization) > TOKEN_LIMIT_BYTES:
        raise unauthenticated()
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthenticated()
    return token


def unauthenticated() -> Refusal:
    """The one answer to every token that is none: it says nothing about why."""
    return Refusal("unauthenticated", Kind.UNAUTHENTICATED, "Send a valid bearer access token.")


def _instant(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a numeric date")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError) as beyond:
        raise ValueError("a date beyond time") from beyond


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("not a list of texts")
    return value
