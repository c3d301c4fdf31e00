"""Answers kept for repeats are sealed: no copy of the database shows what they told.

A repeat of the request must hear the first answer, so that it is kept beside its key. A token in it
would be a right for whoever reads the table, a name or a phone number a patient's secret. It is
sealed under a key made of the process's secret, which is in no database, and of the request, so
that it opens for that request alone. Answers kept by older versions, in clear, still open.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Final

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES: Final = 12
_MARK: Final = b'{"kairos_sealed_answer":"'
_INFO: Final = b"kairos answers that tell a token"


class AnswerSealer:
    """Seals what is stored for repeats."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, body: bytes, request: bytes) -> bytes:
        """What may be stored of an answer to a request, known by its hash."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher(request).encrypt(nonce, body, request)
        return _MARK + base64.b64encode(sealed) + b'"}'

    def open(self, stored: bytes, request: bytes) -> bytes:
        """The answer. Raises InvalidTag for what another request or secret sealed."""
        if not stored.startswith(_MARK):
            return stored
        sealed = base64.b64decode(orjson.loads(stored)["kairos_sealed_answer"])
        return self._cipher(request).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], request)

    def _cipher(self, request: bytes) -> AESGCM:
        """HKDF-SHA256 (RFC 5869) for one block of key: made with every write, so by hand."""
        extracted = hmac.digest(request, self._secret, hashlib.sha256)
        return AESGCM(hmac.digest(extracted, _INFO + b"\x01", hashlib.sha256))
