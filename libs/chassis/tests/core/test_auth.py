"""A token that cannot be judged is refused like a bad one; keys come without a gap."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jwt
import pytest
from kairos_chassis.auth import Verifier
from kairos_chassis.clock import FrozenClock
from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.keys import FileKeys, UrlKeys, parse_key_set
from kairos_chassis.testing.tokens import AUDIENCE, ISSUER, KEY_ID, Issuer

from .conftest import NOON

END_OF_TIME = 253402300799  # 9999-12-31T23:59:59Z, the last second there is


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(FrozenClock(NOON), tmp_path)


def verifier(issuer: Issuer) -> Verifier:
    return Verifier(FileKeys(issuer.key_set()), ISSUER, AUDIENCE, issuer.clock)


@pytest.mark.parametrize(
    "claim",
    [{"network": 5}, {"network": ["x"]}, {"network": {}}, {"exp": -(10**30)}, {"roles": [1]}],
    ids=str,
)
async def test_claim_of_an_odd_kind_is_a_refusal(issuer: Issuer, claim: dict[str, Any]) -> None:
    token = issuer.sign({**issuer.claims(roles=["nurse"]), **claim})
    with pytest.raises(Refusal) as refusal:
        await verifier(issuer).verify(f"Bearer {token}")
    assert refusal.value.kind is Kind.UNAUTHENTICATED


async def test_token_valid_until_the_end_of_time_is_judged(issuer: Issuer) -> None:
    token = issuer.sign({**issuer.claims(roles=["nurse"]), "exp": END_OF_TIME})
    assert (await verifier(issuer).verify(f"Bearer {token}")).roles == {"nurse"}


ODD_KEYS = [
    {"kty": "AKP", "alg": "ML-DSA-65", "kid": "new", "pub": "AAAA"},
    {"kty": "OKP", "crv": "X25519", "kid": "new", "x": "AAAA"},
    {"kty": "EC", "crv": "P-256", "kid": "new", "x": "***", "y": "AA"},
    {"kty": "EC", "crv": "P-256", "kid": "new", "x": 5, "y": 5},
    {"kty": "EC", "crv": "secp256k1", "kid": "new", "x": "AAAA", "y": "AAAA"},
    {"kty": "RSA", "kid": "new", "n": "!", "e": "AQAB"},
    {"kty": "RSA", "kid": "new", "n": [], "e": "AQAB"},
    {"kty": "RSA", "kid": "new", "n": "AQ", "e": "AQ"},
    {"kty": ["RSA"], "kid": "new"},
    {"kty": "EC", "crv": ["P-256"], "kid": "new", "x": "AAAA", "y": "AAAA"},
    "no key",
    None,
]


@pytest.mark.parametrize("odd", ODD_KEYS, ids=str)
def test_key_nobody_can_read_does_not_take_the_others_away(issuer: Issuer, odd: Any) -> None:
    document = json.loads(issuer.key_set().read_text())
    document["keys"].insert(0, odd)
    assert set(parse_key_set(json.dumps(document).encode())) == {KEY_ID}


@pytest.mark.parametrize("text", [b"[]", b"null", b'{"keys": 5}', b'{"keys": null}', b"{}", b"x"])
def test_document_without_keys_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"usable|Expecting"):
        parse_key_set(text)


@asynccontextmanager
async def slow_key_set(issuer: Issuer, release: asyncio.Event) -> AsyncIterator[str]:
    """An address that answers with the key set, once it is released."""
    body = issuer.key_set().read_bytes()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await release.wait()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_whoever_comes_while_the_first_keys_are_fetched_waits_for_them(
    issuer: Issuer,
) -> None:
    release = asyncio.Event()
    async with slow_key_set(issuer, release) as url:
        keys = UrlKeys(url)
        asked = [asyncio.create_task(keys.find(KEY_ID, "ES256")) for _ in range(5)]
        await asyncio.sleep(0)
        release.set()
        found = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(key, jwt.PyJWK) for key in found), found


async def test_issuer_that_never_answered_is_an_outage_and_no_bad_token() -> None:
    """A 401 would send every user to the login page of an issuer that is away."""
    with pytest.raises(OSError, match="key set"):
        await UrlKeys("http://127.0.0.1:9/").find(KEY_ID, "ES256")


async def test_key_file_caught_half_written_leaves_the_keys_there_are(issuer: Issuer) -> None:
    path = issuer.key_set()
    keys, whole = FileKeys(path), path.read_bytes()
    await keys.find(KEY_ID, "ES256")
    path.write_bytes(whole[: len(whole) // 2])
    assert (await keys.find(KEY_ID, "ES256")).key_id == KEY_ID
    path.write_bytes(b'{"keys": []}')  # an operator's way to shut everybody out
    with pytest.raises(ValueError, match="usable"):
        await keys.find(KEY_ID, "ES256")
