"""Where the token verifier finds the issuer's public keys: a file, or an https address."""

import asyncio
import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

ALGORITHMS = ("ES256", "ES384", "EdDSA", "PS256", "RS256", "RS384")
RSA_BITS = 2048  # at least
REFRESH_SECONDS = 300.0
RETRY_SECONDS = 10.0


class KeySource(Protocol):
    """Finds a public key."""

    async def find(self, kid: object, alg: str) -> jwt.PyJWK:
        """The key of that id for that algorithm.

        Raises jwt.PyJWTError if there is none, OSError where no key set could be read so far.
        """


class _KeySet:
    def __init__(self) -> None:
        self._keys: dict[str, jwt.PyJWK] = {}

    def _get(self, kid: object, alg: str) -> jwt.PyJWK | None:
        key = self._keys.get(kid) if isinstance(kid, str) else None
        # The key decides the algorithm, not the token: this is what stops algorithm confusion.
        return key if key is not None and key.algorithm_name == alg else None

    def _found(self, kid: object, alg: str) -> jwt.PyJWK:
        if not self._keys:
            raise ConnectionError("no key set has been read yet")
        if (key := self._get(kid, alg)) is None:
            raise jwt.InvalidKeyError("no such key")
        return key


class FileKeys(_KeySet):
    """A JWKS file, read again when it changes."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._seen: int | None = None

    async def find(self, kid: object, alg: str) -> jwt.PyJWK:
        """See `KeySource`."""
        seen = self._path.stat().st_mtime_ns
        if seen != self._seen:
            # Half written: keep the keys we have, and look again. Emptied: believe it.
            with suppress(json.JSONDecodeError):
                self._keys, self._seen = parse_key_set(self._path.read_bytes()), seen
        return self._found(kid, alg)


class UrlKeys(_KeySet):
    """A JWKS address, fetched every five minutes and once more for an unknown key id."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._next_fetch = 0.0
        self._last_fetch = -RETRY_SECONDS
        self._fetching = asyncio.Lock()

    async def find(self, kid: object, alg: str) -> jwt.PyJWK:
        """See `KeySource`. Who knows no such key waits for a fetch that is under way."""
        key = self._get(kid, alg)
        if key is None or (self._due(self._next_fetch) and not self._fetching.locked()):
            async with self._fetching:
                key = self._get(kid, alg)
                since_last = self._last_fetch + RETRY_SECONDS
                if self._due(self._next_fetch if key is not None else since_last):
                    await self._fetch(time.monotonic())
        return self._found(kid, alg)

    @staticmethod
    def _due(at: float) -> bool:
        return time.monotonic() >= at

    async def _address(self, _client: httpx.AsyncClient) -> str:
        return self._url

    async def _fetch(self, now: float) -> None:
        self._last_fetch = now
        self._next_fetch = now + RETRY_SECONDS
        try:
            async with httpx.AsyncClient(timeout=5, follow_redirects=False) as client:
                answer = await client.get(await self._address(client))
                answer.raise_for_status()
                self._keys = parse_key_set(answer.content)
            self._next_fetch = now + REFRESH_SECONDS
        except (httpx.HTTPError, ValueError):
            # Keep the keys we have: an issuer that is away must not lock a clinic out at once.
            return


class DiscoveredKeys(UrlKeys):
    """The keys of an OpenID provider, whose address its discovery document tells.

    The document is asked for anew with the keys, and must name the very issuer it was asked of.
    """

    def __init__(self, issuer: str, *, insecure: bool = False) -> None:
        super().__init__(f"{issuer}/.well-known/openid-configuration")
        self._issuer = issuer
        self._insecure = insecure

    async def _address(self, client: httpx.AsyncClient) -> str:
        answer = await client.get(self._url)
        answer.raise_for_status()
        document = answer.json()
        if not isinstance(document, dict) or document.get("issuer") != self._issuer:
            raise ValueError("the discovery document is another issuer's")
        address = document.get("jwks_uri")
        if not isinstance(address, str) or not (self._insecure or address.startswith("https://")):
            raise ValueError("the discovery document names no https key set")
        return address


def parse_key_set(text: bytes) -> dict[str, jwt.PyJWK]:
    """Signing keys of a JWKS document by key id. Raises ValueError for none at all.

    A key of a kind nobody here can read is passed over: it must not take the others away.
    """
    document = json.loads(text)
    entries = document.get("keys") if isinstance(document, dict) else None
    keys: dict[str, jwt.PyJWK] = {}
    for entry in entries if isinstance(entries, list) else ():
        key = _signing_key(entry)
        if key is not None and key.key_id is not None and key.algorithm_name in ALGORITHMS:
            keys[key.key_id] = key
    if not keys:
        raise ValueError("the key set holds no usable signing key")
    return keys


def _signing_key(entry: object) -> jwt.PyJWK | None:
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or entry.get("kty") == "oct":
        return None
    try:
        key = jwt.PyJWK(entry)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    weak = isinstance(key.key, RSAPublicKey) and key.key.key_size < RSA_BITS
    return None if weak else key
