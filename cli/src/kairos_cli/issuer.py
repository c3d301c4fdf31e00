"""The embedded profile's own token issuer: a key in the state directory, tokens for development."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kairos_cli.files import write_whole
from kairos_cli.services import AUDIENCE, ISSUER

ROLES = (
    "prescriber",
    "nurse",
    "therapist",
    "front_desk",
    "medical_director",
    "pharmacist",
    "ops_admin",
    "privacy_officer",
    "patient",
    "service",
)
EVERY_SITE = ("*",)
_ALGORITHM = "ES256"
_PRIVATE = "issuer.pem"


@dataclass(frozen=True, slots=True, repr=False)
class Issuer:
    """Signs development tokens. Nothing outside the embedded profile trusts it."""

    _private_pem: str
    _key_id: str

    @classmethod
    def load(cls, keys: Path) -> Issuer:
        """The issuer whose key is in this folder. Raises FileNotFoundError if there is none."""
        pem = (keys / _PRIVATE).read_text()
        return cls(pem, _thumbprint(_public_jwk(pem)))

    @classmethod
    def load_or_create(cls, keys: Path) -> Issuer:
        """The same, making the key the first time, and its public half beside it."""
        if not (keys / _PRIVATE).exists():
            key = ec.generate_private_key(ec.SECP256R1())
            pem = key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            write_whole(keys / _PRIVATE, pem.decode())
        issuer = cls.load(keys)
        public = _public_jwk(issuer._private_pem)
        entry = {**public, "kid": issuer._key_id, "use": "sig", "alg": _ALGORITHM}
        write_whole(jwks_file(keys), json.dumps({"keys": [entry]}), mode=0o644)
        return issuer

    def mint(
        self,
        roles: Sequence[str],
        *,
        network: uuid.UUID | None,
        sites: Sequence[str] = EVERY_SITE,
        subject: uuid.UUID,
        now: datetime,
        ttl: timedelta,
        not_before: datetime | None = None,
        patient: uuid.UUID | None = None,
        service: str | None = None,
    ) -> str:
        """An access token. `network` is None for the role service only, and `service` says which
        of ours. Times are platform time.

        Raises ValueError for an unknown role, or a network or patient missing or out of place.
        """
        _demand_sense(roles, network, patient)
        begin = not_before or now
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(subject),
            "iat": int(begin.timestamp()),
            "nbf": int(begin.timestamp()),
            "exp": int((now + ttl).timestamp()),
            "jti": str(uuid.uuid4()),
            "roles": list(roles),
            "sites": list(sites),
        }
        if network is not None:
            claims["network"] = str(network)
        if patient is not None:
            claims["patient"] = str(patient)
        if service is not None:
            claims["service"] = service  # which one: what it may do hangs on it
        headers = {"kid": self._key_id, "typ": "at+jwt"}
        return jwt.encode(claims, self._private_pem, algorithm=_ALGORITHM, headers=headers)


def _demand_sense(
    roles: Sequence[str], network: uuid.UUID | None, patient: uuid.UUID | None
) -> None:
    if unknown := sorted(set(roles) - set(ROLES)):
        raise ValueError(f"no such role: {', '.join(unknown)}; there are {', '.join(ROLES)}")
    if not roles:
        raise ValueError("a token needs at least one role")
    if (network is None) != (tuple(roles) == ("service",)):
        raise ValueError("every role but service needs a network, and service has none")
    if (patient is None) == ("patient" in roles):
        raise ValueError("a patient's token names the patient, and no other token does")


def jwks_file(keys: Path) -> Path:
    """Where the public half is, for the services to read."""
    return keys / "jwks.json"


def _public_jwk(pem: str) -> dict[str, str]:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the issuer's key is not of the kind for ES256")
    point = key.public_key().public_numbers()
    return {
        "crv": "P-256",
        "kty": "EC",
        "x": _base64url(point.x.to_bytes(32, "big")),
        "y": _base64url(point.y.to_bytes(32, "big")),
    }


def _thumbprint(jwk: dict[str, str]) -> str:
    """The key's id. Source: RFC 7638."""
    canonical = json.dumps(jwk, sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(canonical.encode()).digest())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
