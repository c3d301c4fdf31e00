"""Words sealed with a key of their own, and that key sealed with the service's (envelopes).

AES-256-GCM of the library `cryptography`; a random nonce stands before each sealed text. What a
text belongs to is authenticated with it: moved to another row, it opens no more.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class CannotOpen(Exception):
    """The sealed words do not open with the keys that are here."""


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """The service's own keys by name; new data keys are sealed with the current one."""

    current: str
    keys: Mapping[str, bytes]

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise ValueError("the current key is not among the keys")
        if any(len(key) != KEY_BYTES for key in self.keys.values()):
            raise ValueError(f"a sealing key has {KEY_BYTES} bytes")

    def new_data_key(self, belongs_to: bytes) -> tuple[bytes, str, bytes]:
        """A fresh data key, the name of the key that seals it, and it sealed."""
        data_key = AESGCM.generate_key(KEY_BYTES * 8)
        return data_key, self.current, seal(self.keys[self.current], data_key, belongs_to)

    def open_data_key(self, sealed_by: str, sealed_key: bytes, belongs_to: bytes) -> bytes:
        """A data key, opened. Raises CannotOpen."""
        if sealed_by not in self.keys:
            raise CannotOpen
        return unseal(self.keys[sealed_by], sealed_key, belongs_to)


def seal(key: bytes, content: bytes, belongs_to: bytes) -> bytes:
    """The content, readable with this key only, and only where it belongs."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, belongs_to)


def unseal(key: bytes, sealed: bytes, belongs_to: bytes) -> bytes:
    """What was sealed. Raises CannotOpen."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], belongs_to)
    except (InvalidTag, ValueError):
        raise CannotOpen from None
