"""The token issuer of a compose trial: `init` makes its keys, `token` mints an access token.

Runs inside a service's image, which has the cryptography. Not for production, where people sign in
with their own identity provider.

  init    key pair if there is none; its public half for the services; a token for dosing
  token   docker compose run --rm issuer token --role prescriber --network UUID --site UUID
"""

import argparse
import json
import os
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOME = Path("/var/lib/kairos")
ISSUER = "https://issuer.kairos.localhost"
AUDIENCE = "kairos"
HOUR_SECONDS = 3_600
# Every `docker compose up` mints a new one.
SERVICE_TOKEN_SECONDS = 90 * 24 * HOUR_SECONDS


def signing_key(home: Path) -> ec.EllipticCurvePrivateKey:
    """The issuer's P-256 key; made at the first call."""
    path = home / "issuer" / "key.pem"
    if not path.exists():
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        replace(path, pem.decode(), mode=0o600)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} holds no elliptic curve key")
    return key


def key_set(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """The public half as a JWKS document."""
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    return {"keys": [public | {"kid": key_id(key), "use": "sig", "alg": "ES256"}]}


def key_id(key: ec.EllipticCurvePrivateKey) -> str:
    """A name for the key that two different keys do not share."""
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return uuid.uuid5(uuid.NAMESPACE_OID, der.hex()).hex


def mint(key: ec.EllipticCurvePrivateKey, claims: dict[str, Any], lifetime_seconds: int) -> str:
    """A signed access token (RFC 9068) with these claims on top of the registered ones."""
    now = int(time.time())
    whole = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(uuid.uuid4()),
        "iat": now,
        "nbf": now,
        "exp": now + lifetime_seconds,
        "jti": uuid.uuid4().hex,
    } | claims
    return jwt.encode(whole, key, "ES256", headers={"typ": "at+jwt", "kid": key_id(key)})


def replace(path: Path, text: str, *, mode: int) -> None:
    """Write a file so that a reader sees the old one or the new one, whole."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
    new.replace(path)


def init(home: Path) -> None:
    """Leave key, key set and dosing's own token where their readers find them."""
    key = signing_key(home)
    replace(home / "keys" / "jwks.json", json.dumps(key_set(key)), mode=0o644)
    claims = {"roles": ["service"], "service": "dosing", "sites": ["*"]}
    token = mint(key, claims, SERVICE_TOKEN_SECONDS)
    replace(home / "caller" / "token", token, mode=0o600)


def main(arguments: list[str]) -> None:
    """Run a verb."""
    parser = argparse.ArgumentParser(prog="issuer", description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("init")
    token = verbs.add_parser("token")
    token.add_argument("--role", action="append", required=True)
    token.add_argument("--network", type=uuid.UUID, required=True)
    token.add_argument("--site", action="append", default=[], help='a uuid, or "*" for all')
    token.add_argument("--subject", type=uuid.UUID, default=None)
    token.add_argument("--hours", type=int, default=8)
    asked = parser.parse_args(arguments)
    if asked.verb == "init":
        init(HOME)
        return
    claims = {"roles": asked.role, "network": str(asked.network), "sites": asked.site or ["*"]}
    if asked.subject is not None:
        claims["sub"] = str(asked.subject)
    print(mint(signing_key(HOME), claims, asked.hours * HOUR_SECONDS))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
