"""Digests of documents: the same content gives the same digest, however it was written down."""

import hashlib
import json
from typing import Any


def text_of(document: Any) -> str:
    """A document as one text: what is signed, hashed and remembered."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256_of(document: Any) -> str:
    """SHA-256 of that text, in lower-case hexadecimal."""
    return hashlib.sha256(text_of(document).encode()).hexdigest()
