"""A partner's program shows who it is by a key it registered, once for each assertion."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from kairos_chassis.db import Database
from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.partners import PartnerClient, PartnerVerifier, read_clients

from .conftest import NOON

AUDIENCE = "https://kairos.test/token"
CLIENT, OTHER = "ehr-a", "ehr-b"
ELLIPTIC = ec.generate_private_key(ec.SECP384R1())
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGER = ec.generate_private_key(ec.SECP384R1())


def public(key: Any, kid: str) -> dict[str, Any]:
    algorithm, name = (
        (ECAlgorithm, "ES384")
        if isinstance(key, ec.EllipticCurvePrivateKey)
        else (RSAAlgorithm, "RS384")
    )
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, "alg": name}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys = {
        CLIENT: [public(ELLIPTIC, "ec"), public(RSA_KEY, "rsa")],
        OTHER: [public(STRANGER, "ec")],
    }
    lines = []
    for name, entries in keys.items():
        (tmp_path / f"{name}.json").write_text(json.dumps({"keys": entries}))
        lines += [
            "[[client]]",
            f'client_id = "{name}"',
            f'network = "{uuid4()}"',
            'scopes = ["system/Observation.rs"]',
            f'jwks_file = "{name}.json"',
        ]
    (tmp_path / "clients.toml").write_text("\n".join(lines))
    return tmp_path


@pytest.fixture
def verifier(db: Database, folder: Path) -> PartnerVerifier:
    return PartnerVerifier(read_clients(folder / "clients.toml"), AUDIENCE, db)


def claims(**changes: Any) -> dict[str, Any]:
    made = {
        "iss": CLIENT,
        "sub": CLIENT,
        "aud": AUDIENCE,
        "exp": int((NOON + timedelta(minutes=4)).timestamp()),
        "jti": str(uuid4()),
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def sign(content: dict[str, Any], **header: Any) -> str:
    return jwt.encode(content, ELLIPTIC, algorithm="ES384", headers={"kid": "ec", **header})


async def refused(verifier: PartnerVerifier, assertion: str) -> bool:
    try:
        await verifier.verify(assertion)
    except Refusal as refusal:
        return refusal.kind is Kind.UNAUTHENTICATED and refusal.slug == "invalid_client"
    return False


async def test_both_algorithms_of_the_profile_are_taken(verifier: PartnerVerifier) -> None:
    by_rsa = jwt.encode(claims(), RSA_KEY, algorithm="RS384", headers={"kid": "rsa"})
    for assertion in (sign(claims()), by_rsa):
        client = await verifier.verify(assertion)
        assert isinstance(client, PartnerClient)
        assert (client.client_id, client.scopes) == (CLIENT, {"system/Observation.rs"})


async def test_replayed_assertion_is_refused_by_every_process(
    verifier: PartnerVerifier, folder: Path
) -> None:
    other_process = PartnerVerifier(read_clients(folder / "clients.toml"), AUDIENCE, verifier.db)
    assertion = sign(claims())
    answers = await asyncio.gather(
        *(refused(one, assertion) for one in (verifier, other_process) * 5)
    )
    assert sorted(answers) == [False] + [True] * 9


async def test_same_number_from_another_client_is_no_replay(verifier: PartnerVerifier) -> None:
    number = str(uuid4())
    await verifier.verify(sign(claims(jti=number)))
    other = jwt.encode(
        claims(jti=number, iss=OTHER, sub=OTHER), STRANGER, algorithm="ES384", headers={"kid": "ec"}
    )
    assert (await verifier.verify(other)).client_id == OTHER


BAD: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "https://evil.test/token"},
    "no audience": {"aud": None},
    "another subject": {"sub": OTHER},
    "another issuer": {"iss": OTHER},
    "nobody": {"iss": "nobody", "sub": "nobody"},
    "issuer in a list": {"sub": None},
    "no number": {"jti": None},
    "empty number": {"jti": ""},
    "endless number": {"jti": "x" * 300},
    "number is a number": {"jti": 5},
    "no end": {"exp": None},
    "ended": {"exp": int((NOON - timedelta(minutes=1)).timestamp())},
    "lives too long": {"exp": int((NOON + timedelta(hours=1)).timestamp())},
    "not yet": {"nbf": int((NOON + timedelta(minutes=2)).timestamp())},
    "from the future": {"iat": int((NOON + timedelta(minutes=2)).timestamp())},
    "end is true": {"exp": True},
}


@pytest.mark.parametrize("changes", BAD.values(), ids=BAD)
async def test_assertion_that_says_wrong_is_refused(
    verifier: PartnerVerifier, changes: dict[str, Any]
) -> None:
    try:
        assertion = sign(claims(**changes))
    except TypeError:  # a proper library would not sign it
        content = json.dumps(claims(**changes)).encode()
        assertion = jwt.PyJWS().encode(content, ELLIPTIC, "ES384", headers={"kid": "ec"})
    assert await refused(verifier, assertion)
    assert not await refused(verifier, sign(claims()))


async def test_assertion_by_another_key_or_algorithm_is_refused(verifier: PartnerVerifier) -> None:
    weak = ec.generate_private_key(ec.SECP256R1())
    for assertion in (
        jwt.encode(claims(), STRANGER, algorithm="ES384", headers={"kid": "ec"}),
        jwt.encode(claims(), weak, algorithm="ES256", headers={"kid": "ec"}),
        jwt.encode(claims(), RSA_KEY, algorithm="RS256", headers={"kid": "rsa"}),
        jwt.encode(claims(), RSA_KEY, algorithm="RS384", headers={"kid": "ec"}),
        jwt.encode(claims(), "x" * 64, algorithm="HS384", headers={"kid": "ec"}),
        jwt.encode(claims(), None, algorithm="none", headers={"kid": "ec"}),
        jwt.encode(
            claims(),
            STRANGER,
            algorithm="ES384",
            headers={"kid": "ec", "jwk": public(STRANGER, "ec")},
        ),
        sign(claims(), crit=["exp"]),
        sign(claims(), kid="../../etc/passwd"),
        "a.b.c",
        "x" * 10_000,
    ):
        assert await refused(verifier, assertion)


CLIENT_A = '[[client]]\nclient_id = "a"'
NETWORK = 'network = "00000000-0000-0000-0000-000000000001"'


@pytest.mark.parametrize(
    "text",
    [
        CLIENT_A,
        f"{CLIENT_A}\n{NETWORK}\nscopes = []",
        f'{CLIENT_A}\n{NETWORK}\nscopes = []\njwks_url = "http://a.test/keys"',
    ],
)
def test_client_that_cannot_be_trusted_is_refused_at_the_start(tmp_path: Path, text: str) -> None:
    path = tmp_path / "clients.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"network|jwks|https"):
        read_clients(path)
