"""A partner's program: its keys, its place on the list, and the assertions it signs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from kairos_chassis.http.token_endpoint import TOKEN_PATH
from kairos_chassis.partners import ASSERTION_TYPE

SCOPES = ("system/Observation.rs",)


@dataclass(frozen=True, slots=True)
class Partner:
    """A program of one network, by the name `client`."""

    file: Path
    public: str
    client: str
    network: UUID
    keys: dict[str, Any]

    @classmethod
    def registered(cls, folder: Path) -> Partner:
        """One with fresh keys, on a list of its own."""
        folder.mkdir(exist_ok=True)
        curve = ec.generate_private_key(ec.SECP384R1())
        modulus = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = [
            {**json.loads(ECAlgorithm.to_jwk(curve.public_key())), "kid": "ES384", "alg": "ES384"},
            {
                **json.loads(RSAAlgorithm.to_jwk(modulus.public_key())),
                **{"kid": "RS384", "alg": "RS384"},
            },
        ]
        (folder / "keys.json").write_text(json.dumps({"keys": public}))
        made = cls(
            folder / "partners.toml",
            "https://kairos.clinic.example",
            "ehr-of-the-journey",
            uuid4(),
            {"ES384": curve, "RS384": modulus},
        )
        lines = ["[[client]]", f'client_id = "{made.client}"', f'network = "{made.network}"']
        lines += [f"scopes = {json.dumps(SCOPES)}", 'jwks_file = "keys.json"']
        made.file.write_text("\n".join(lines))
        return made

    def assertion(self, now: datetime, alg: str, **changes: Any) -> str:
        """Signed as SMART says, but for what is changed."""
        claims = {
            "iss": self.client,
            "sub": self.client,
            "aud": self.public + TOKEN_PATH,
            "exp": int((now + timedelta(minutes=4)).timestamp()),
            "jti": str(uuid4()),
            **changes,
        }
        return jwt.encode(claims, self.keys[alg], algorithm=alg, headers={"kid": alg})

    def ask(self, client: httpx.Client, service: str, assertion: str) -> httpx.Response:
        """Ask a service, at this address, for a token."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
            "scope": " ".join(SCOPES),
        }
        return client.post(service + TOKEN_PATH, data=form)
