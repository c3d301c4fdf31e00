"""Access tokens for tests, signed as an issuer would."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from kairos_chassis.clock import Clock

ISSUER = "https://issuer.test"
AUDIENCE = "kairos"
KEY_ID = "test-key"


@dataclass(slots=True)
class Issuer:
    """Signs ES256 access tokens and publishes its key set as a file."""

    clock: Clock
    directory: Path
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def key_set(self) -> Path:
        """Write the public key set and say where it is."""
        public = json.loads(ECAlgorithm.to_jwk(self.key.public_key()))
        path = self.directory / "jwks.json"
        path.write_text(json.dumps({"keys": [{**public, "kid": KEY_ID, "alg": "ES256"}]}))
        return path

    def claims(self, **changes: Any) -> dict[str, Any]:
        """The claims of a good token; a change to None takes a claim away."""
        now = self.clock.now()
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(uuid.uuid4()),
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int((now + timedelta(hours=1)).timestamp()),
            "jti": str(uuid.uuid4()),
            "roles": [],
            "sites": ["*"],
            "network": str(uuid.uuid4()),
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """A signed token."""
        headers = {"typ": "at+jwt", "kid": KEY_ID, **header}
        headers = {name: value for name, value in headers.items() if value is not None}
        return jwt.encode(claims, self.key, algorithm="ES256", headers=headers)

    def sign_raw(self, claims: dict[str, Any]) -> str:
        """A signed token of claims that no proper library would sign."""
        headers = {"typ": "at+jwt", "kid": KEY_ID}
        content = json.dumps(claims).encode()
        return jwt.PyJWS().encode(content, self.key, algorithm="ES256", headers=headers)
