"""A Kafka record as it came: what is parked byte for byte, and read again on release."""

import hashlib
from dataclasses import dataclass
from typing import Any, Self

from aiokafka import ConsumerRecord

Header = tuple[str, bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaRecord:
    """One record of one partition."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...]

    @classmethod
    def of(cls, record: "ConsumerRecord[Any, Any]") -> Self:
        """Copy what aiokafka read."""
        return cls(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            timestamp_ms=record.timestamp,
            key=record.key,
            value=record.value,
            headers=tuple((name, value) for name, value in record.headers),
        )

    @property
    def key_text(self) -> str:
        """The key as PostgreSQL can hold it; bytes that are no text appear as `\\xNN`."""
        return key_text(self.key or b"")

    def header(self, name: str) -> str | None:
        """A header's text as PostgreSQL can hold it, if it is there once."""
        values = [value for header, value in self.headers if header == name]
        return None if len(values) != 1 or values[0] is None else key_text(values[0])

    def fingerprint(self) -> str:
        """Tells a redelivery from another record; a hash of all bytes."""
        digest = hashlib.sha256()
        for part in (self.key, self.value, *(b for h, v in self.headers for b in (h.encode(), v))):
            digest.update(b"-" if part is None else b"%d:" % len(part) + part)
        return f"sha256:{digest.hexdigest()}"


def key_text(key: bytes) -> str:
    """Bytes of a key or a header as text without NUL, the same for the same bytes."""
    return key.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
