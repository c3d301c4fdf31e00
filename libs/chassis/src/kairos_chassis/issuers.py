"""Who may issue access tokens, and what each of them may say.

One issuer is named by settings. Others are listed in a TOML file (KAIROS_ISSUERS_FILE):

    [[issuer]]
    issuer = "https://login.clinic.example/realms/staff"   # found by OpenID Connect Discovery
    audience = "kairos"
    networks = ["018f…"]          # the only networks it may speak for; absent: any
    roles = ["nurse", "therapist"]   # the only roles it may give; absent: any but service
    claims = { roles = "kairos_roles", network = "kairos_network" }   # where it puts what
    role_names = { "Clinic-Nurse" = "nurse" }   # its words for our roles
    access_token = { claim = "typ", value = "Bearer" }   # where it has no at+jwt header (RFC 9068)
    subject = "derived"   # a UUID made of issuer and sub; "as_is" for one that issues our own ids

A clinic's own issuer that may speak for every network could read every network: name them.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict, HttpUrl, ValidationError

from kairos_chassis.keys import DiscoveredKeys, KeySource

_TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})
_ID_TOKEN_CLAIMS: Final = ("nonce", "at_hash", "c_hash")


class AccessTokenMark(BaseModel):
    """A claim by which an issuer's access tokens differ from its ID tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: str
    value: str


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: HttpUrl
    audience: str
    networks: list[UUID] | None = None
    roles: list[str] | None = None
    claims: dict[str, str] = {}
    role_names: dict[str, str] = {}
    access_token: AccessTokenMark | None = None
    subject: Literal["derived", "as_is"] = "derived"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedIssuer:
    """An issuer, its keys, and the bounds of what its word is worth.

    `bounded` is False for the platform's own issuer alone.
    """

    issuer: str
    audience: str
    keys: KeySource
    networks: frozenset[UUID] | None = None
    roles: frozenset[str] | None = None
    claims: Mapping[str, str] = field(default_factory=dict)
    role_names: Mapping[str, str] = field(default_factory=dict)
    mark: AccessTokenMark | None = None
    derives_subjects: bool = False
    bounded: bool = True

    @property
    def required(self) -> list[str]:
        """The claims its access tokens must have. Source: RFC 9068, section 2.2."""
        always = ["iss", "aud", "sub", "exp", "iat"]
        return always if self.mark is not None else [*always, "jti"]

    def is_access_token(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
        """Whether this is an access token rather than an ID token or anything else it signs."""
        if self.mark is None:
            return header.get("typ") in _TYPES
        if any(name in claims for name in _ID_TOKEN_CLAIMS):
            return False
        return claims.get(self.mark.claim) == self.mark.value

    def in_our_words(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        """The claims under the names that Kairos knows, roles in its own words."""
        ours = dict(claims)
        for name, theirs in self.claims.items():
            ours.pop(name, None)
            if theirs in claims:
                ours[name] = claims[theirs]
        if self.bounded:
            ours.pop("service", None)  # only the platform's own issuer vouches for its services
        if self.derives_subjects:
            # Two issuers may use the same words for two people.
            ours["sub"] = str(uuid5(NAMESPACE_URL, f"{self.issuer}#{claims['sub']}"))
        roles = ours.get("roles")
        if self.role_names and isinstance(roles, list):
            # A word it has no translation for is no role of ours.
            ours["roles"] = [self.role_names[r] for r in roles if r in self.role_names]
        return ours

    def may_say(self, network: UUID | None, roles: frozenset[str]) -> bool:
        """Whether it may speak for this network and give these roles."""
        if not self.bounded:
            return True
        if self.networks is not None and network not in self.networks:
            return False
        return "service" not in roles if self.roles is None else roles <= self.roles


def read_issuers(path: Path, *, insecure: bool = False) -> list[TrustedIssuer]:
    """The issuers of a file. Raises OSError, ValueError. `insecure` admits http, for tests."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    found = document.get("issuer")
    if not isinstance(found, list) or set(document) != {"issuer"}:
        raise ValueError("the file lists [[issuer]] and nothing else")
    try:
        return [_trusted(_Entry.model_validate(one), insecure=insecure) for one in found]
    except ValidationError as error:
        raise ValueError(str(error)) from None


def _trusted(entry: _Entry, *, insecure: bool) -> TrustedIssuer:
    if entry.issuer.scheme != "https" and not insecure:
        raise ValueError("an issuer is an https address")
    name = str(entry.issuer).rstrip("/")
    return TrustedIssuer(
        issuer=name,
        audience=entry.audience,
        keys=DiscoveredKeys(name, insecure=insecure),
        networks=None if entry.networks is None else frozenset(entry.networks),
        roles=None if entry.roles is None else frozenset(entry.roles),
        claims=entry.claims,
        role_names=entry.role_names,
        mark=entry.access_token,
        derives_subjects=entry.subject == "derived",
    )
