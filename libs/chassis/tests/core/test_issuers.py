"""Several issuers: each is believed under its own keys, for its own networks and roles only."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from kairos_chassis.auth import Caller, Verifier
from kairos_chassis.clock import FrozenClock
from kairos_chassis.errors import Refusal
from kairos_chassis.issuers import read_issuers
from kairos_chassis.keys import FileKeys, parse_key_set
from kairos_chassis.testing.tokens import AUDIENCE, ISSUER, Issuer

from .conftest import NOON


class Provider:
    """An OpenID provider: its discovery document, its keys, and what it signs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.named = url  # what its discovery document says it is
        self.keys: dict[str, ec.EllipticCurvePrivateKey] = {}
        self.asked: list[str] = []
        self.rotate()

    def rotate(self) -> None:
        """A new key instead of the old."""
        self.key_id = f"key-{len(self.asked)}-{uuid4().hex[:4]}"
        self.keys = {self.key_id: ec.generate_private_key(ec.SECP256R1())}

    def document(self, path: str) -> dict[str, Any]:
        self.asked.append(path)
        if path.endswith("openid-configuration"):
            return {"issuer": self.named, "jwks_uri": f"{self.url}/keys"}
        return {
            "keys": [
                {**json.loads(ECAlgorithm.to_jwk(key.public_key())), "kid": kid, "alg": "ES256"}
                for kid, key in self.keys.items()
            ]
        }

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        headers = {"typ": "at+jwt", "kid": self.key_id, **header}
        signed = {**claims, "iss": claims.get("iss", self.url)}
        return jwt.encode(signed, self.keys[self.key_id], algorithm="ES256", headers=headers)


@pytest.fixture
def provider() -> Iterator[Provider]:
    made: list[Provider] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = json.dumps(made[0].document(self.path)).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.append(Provider(f"http://127.0.0.1:{server.server_port}"))
    yield made[0]
    server.shutdown()
    server.server_close()


@pytest.fixture
def home(tmp_path: Path) -> Issuer:
    return Issuer(FrozenClock(NOON), tmp_path)


def verifier(home: Issuer, provider: Provider, **entry: Any) -> Verifier:
    """Trusts the home issuer, and the provider with these bounds."""
    lines = ["[[issuer]]"]
    for name, value in {"issuer": provider.url, "audience": AUDIENCE, **entry}.items():
        pairs = value.items() if isinstance(value, dict) else ()
        shown = "{" + ", ".join(f'"{k}" = "{v}"' for k, v in pairs) + "}"
        lines.append(f"{name} = {shown if isinstance(value, dict) else json.dumps(value)}")
    path = home.directory / "issuers.toml"
    path.write_text("\n".join(lines))
    others = read_issuers(path, insecure=True)
    return Verifier(FileKeys(home.key_set()), ISSUER, AUDIENCE, home.clock, others=others)


async def opens(by: Verifier, token: str) -> Caller | None:
    try:
        return await by.verify(f"Bearer {token}")
    except Refusal:
        return None


def claims(home: Issuer, **changes: Any) -> dict[str, Any]:
    made = home.claims(roles=["nurse"], **changes)
    if "iss" not in changes:
        made.pop("iss")
    return made


async def test_keys_of_a_discovered_issuer_are_found_and_followed(
    home: Issuer, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kairos_chassis.keys.RETRY_SECONDS", 0.0)
    by = verifier(home, provider)
    assert await opens(by, provider.sign(claims(home)))
    assert provider.asked == ["/.well-known/openid-configuration", "/keys"]
    old = provider.sign(claims(home))
    provider.rotate()
    assert await opens(by, provider.sign(claims(home)))
    assert await opens(by, old) is None


async def test_home_issuer_is_believed_beside_the_others(home: Issuer, provider: Provider) -> None:
    assert await opens(verifier(home, provider), home.sign(home.claims(roles=["nurse"])))


async def test_issuer_cannot_sign_in_another_s_name(home: Issuer, provider: Provider) -> None:
    by = verifier(home, provider)
    assert await opens(by, provider.sign(claims(home, iss=ISSUER))) is None
    assert await opens(by, home.sign({**claims(home), "iss": provider.url})) is None
    assert await opens(by, provider.sign(claims(home, iss="https://nobody.test"))) is None


async def test_issuer_speaks_for_its_networks_only(home: Issuer, provider: Provider) -> None:
    own, other = uuid4(), uuid4()
    by = verifier(home, provider, networks=[str(own)])
    assert await opens(by, provider.sign(claims(home, network=str(own))))
    assert await opens(by, provider.sign(claims(home, network=str(other)))) is None


async def test_issuer_gives_its_roles_only_and_never_that_of_a_service(
    home: Issuer, provider: Provider
) -> None:
    bounded, unbounded = verifier(home, provider, roles=["nurse"]), verifier(home, provider)
    director = claims(home) | {"roles": ["nurse", "medical_director"]}
    service = claims(home) | {"roles": ["service"]}
    assert await opens(bounded, provider.sign(claims(home)))
    assert await opens(bounded, provider.sign(director)) is None
    assert await opens(unbounded, provider.sign(director))
    assert await opens(unbounded, provider.sign(service)) is None


async def test_issuer_s_own_words_are_translated(home: Issuer, provider: Provider) -> None:
    by = verifier(
        home,
        provider,
        claims={"roles": "groups", "network": "tenant"},
        role_names={"RN": "nurse", "MD": "prescriber"},
    )
    network = str(uuid4())
    theirs = claims(home) | {"groups": ["RN", "gym"], "tenant": network, "roles": ["ops_admin"]}
    caller = await opens(by, provider.sign(theirs))
    assert caller is not None
    assert (caller.roles, caller.network_id) == ({"nurse"}, UUID(network))


async def test_people_of_two_issuers_are_never_taken_for_one(
    home: Issuer, provider: Provider
) -> None:
    subject = str(uuid4())
    theirs = provider.sign(claims(home, sub=subject))
    derived = await opens(verifier(home, provider), theirs)
    as_is = await opens(verifier(home, provider, subject="as_is"), theirs)
    alice = claims(home, sub="alice")
    named = await opens(verifier(home, provider), provider.sign(alice))
    again = await opens(verifier(home, provider), provider.sign(alice))
    assert derived is not None
    assert as_is is not None
    assert derived.subject != UUID(subject) == as_is.subject
    assert named == again


async def test_id_token_opens_nothing_where_the_issuer_marks_access_tokens(
    home: Issuer, provider: Provider
) -> None:
    by = verifier(home, provider, access_token={"claim": "typ", "value": "Bearer"})
    good = claims(home) | {"typ": "Bearer"}
    assert await opens(by, provider.sign(good, typ="JWT"))
    for bad in ({"typ": "ID"}, {"typ": "Bearer", "nonce": "n"}, {"typ": "Bearer", "at_hash": "h"}):
        assert await opens(by, provider.sign(claims(home) | bad, typ="JWT")) is None
    assert await opens(by, provider.sign(claims(home), typ="JWT")) is None


async def test_discovery_document_of_another_issuer_is_not_believed(
    home: Issuer, provider: Provider
) -> None:
    provider.named = "https://somebody-else.test"
    with pytest.raises(ConnectionError):
        await verifier(home, provider).verify(f"Bearer {provider.sign(claims(home))}")


@pytest.mark.parametrize(
    "text",
    [
        '[[issuer]]\nissuer = "http://login.example"\naudience = "kairos"',
        '[[issuer]]\nissuer = "https://login.example"',
        '[[issuer]]\nissuer = "https://login.example"\naudience = "a"\nnetwork = "x"',
        'issuer = "https://login.example"',
        "",
    ],
)
def test_file_that_says_too_little_or_too_much_stops_the_start(tmp_path: Path, text: str) -> None:
    path = tmp_path / "issuers.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"issuer|audience|network|https"):
        read_issuers(path)


def test_short_rsa_key_is_no_key() -> None:
    def key_set(bits: int) -> bytes:
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        entry = {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": "k", "alg": "RS256"}
        return json.dumps({"keys": [entry]}).encode()

    assert parse_key_set(key_set(2048)).keys() == {"k"}
    with pytest.raises(ValueError, match="no usable"):
        parse_key_set(key_set(1024))
