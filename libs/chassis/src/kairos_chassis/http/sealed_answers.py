"""Answers that tell a token are kept sealed: no copy of the database opens what they opened.

A repeat of the request must hear the first answer, so that it is kept beside its key; a token in it
would be a right for whoever reads the table. It is sealed under a key made of the process's secret,
which is in no database, and of the request, so that it opens for that request alone.
"""

import base64
import secrets
from typing import Final

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from kairos_chassis import capabilities

_NONCE_BYTES: Final = 12
_MARK: Final = b'{"kairos_sealed_answer":"'
_INFO: Final = b"kairos answers that tell a token"


class AnswerSealer:
    """Seals what is stored, where it tells a token."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, body: bytes, request: bytes) -> bytes:
        """What may be stored of an answer to a request, known by its hash."""
        if capabilities.PREFIX.encode() not in body:
            return body
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
        return AESGCM(HKDF(SHA256(), 32, salt=request, info=_INFO).derive(self._secret))
