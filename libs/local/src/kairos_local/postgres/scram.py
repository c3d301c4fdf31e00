"""A password as PostgreSQL stores it, so that the plain text need not travel in a statement."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

_ITERATIONS = 4096  # PostgreSQL's scram_iterations default
_SALT_BYTES = 16


def scram_verifier(password: str) -> str:
    """The SCRAM-SHA-256 verifier of an ASCII password. Raises ValueError for other text.

    Source: RFC 5803 and PostgreSQL's src/common/scram-common.c. Text outside ASCII would have to be
    normalised first (SASLprep); our passwords are generated.
    """
    if not password.isascii():
        raise ValueError("a generated password is ASCII")
    salt = secrets.token_bytes(_SALT_BYTES)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    return (
        f"SCRAM-SHA-256${_ITERATIONS}:{_base64(salt)}${_base64(stored_key)}:{_base64(server_key)}"
    )


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
