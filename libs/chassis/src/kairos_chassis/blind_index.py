"""Finding what rests sealed: keyed hashes of words, which a database compares and nobody reads.

Each hash is an HMAC under a key that is derived from one of the ring's, for one network: so the key
is in no database and no backup, and equal words of two networks look different. What is written is
hashed with the ring's current key, what is sought with every key of the ring, so that a rotation
goes on beside searches. Retiring a ring's key makes hashes under it, in old backups too, say
nothing but which of them are equal.
"""

import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kairos_chassis.db import Database, Transaction
from kairos_chassis.key_ring import KEY_BYTES, KeyRing

TOKEN_BYTES: Final = 16
_INFO: Final = b"kairos blind index\0"

Word = tuple[str, str]
"""Of which kind it is, and what it says: `("phone", "+13035550142")`."""


@dataclass(frozen=True, slots=True)
class BlindIndex:
    """Hashes words of one network."""

    ring: KeyRing
    network: UUID

    @property
    def current(self) -> str:
        """The name of the ring's key under which what is new is hashed."""
        return self.ring.current

    def tokens(self, words: Iterable[Word], name: str) -> list[bytes]:
        """The hashes of words under one key of the ring, each once. Raises UnknownKeyError."""
        key = _derived(self.ring.key(name), self.network)
        return sorted({_hash(key, word) for word in words})

    def sought(self, word: Word) -> list[bytes]:
        """The hashes of a word under every key of the ring."""
        return [self.tokens([word], name)[0] for name in self.ring.names]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What a service finds by hashes, as the verb that rotates keys sees it."""

    anew: Callable[[Database, KeyRing], Awaitable[int]]
    """Hash everything by the ring's current key, online; returns how many rows were behind."""
    in_use: Callable[[Database], Awaitable[Mapping[str, int]]]
    """How many rows are hashed by each key of the ring."""


def index_of(tx: Transaction) -> BlindIndex | None:
    """The index of the transaction's network; None where nothing is sealed."""
    return None if tx.sealing is None else BlindIndex(tx.sealing.ring, tx.network)


@lru_cache(maxsize=1024)
def _derived(key: bytes, network: UUID) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=_INFO + network.bytes).derive(key)


def _hash(key: bytes, word: Word) -> bytes:
    kind, text = word
    return hmac.digest(key, kind.encode() + b"\0" + text.encode(), "sha256")[:TOKEN_BYTES]
