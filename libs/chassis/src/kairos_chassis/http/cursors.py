"""Signed cursors: where a page ended, unreadable as an instruction to anybody else.

A cursor is bound to its list and its network, so one taken elsewhere is refused.
"""

import base64
import hashlib
import hmac
from typing import Any
from uuid import UUID

import orjson
from kairos_chassis.errors import Kind, Refusal

_SIGNATURE_BYTES = 16
_CURSOR_LIMIT = 512


class Cursors:
    """Makes and reads the cursors of one service."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, listing: str, network_id: UUID, position: list[Any]) -> str:
        """A cursor that continues `listing` after `position` (texts and numbers)."""
        payload = orjson.dumps(position, default=str)
        signature = self._sign(listing, network_id, payload)
        return base64.urlsafe_b64encode(signature + payload).rstrip(b"=").decode()

    def read(self, listing: str, network_id: UUID, cursor: str) -> list[Any]:
        """The position in a cursor. Raises Refusal (400) for one not made here for this list."""
        refusal = Refusal("invalid_cursor", Kind.MALFORMED, "Use a cursor as it was given.")
        if len(cursor) > _CURSOR_LIMIT:
            raise refusal
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        except ValueError:
            raise refusal from None
        signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(listing, network_id, payload)):
            raise refusal
        position = orjson.loads(payload)
        if not isinstance(position, list):
            raise refusal
        return position

    def _sign(self, listing: str, network_id: UUID, payload: bytes) -> bytes:
        message = b"\0".join([listing.encode(), network_id.bytes, payload])
        return hmac.new(self._key, message, hashlib.sha256).digest()[:_SIGNATURE_BYTES]
