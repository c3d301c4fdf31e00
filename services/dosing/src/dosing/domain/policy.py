"""Protocols of a network's own: submitted, signed by a medical director, published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolDocument:
    """A version of a protocol as a document. Never changed: another figure is another version."""

    code: str
    version: str
    route: str
    locale: str
    content: dict[str, Any]
    sha256: str
    submitted_by: UUID
    submitted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A medical director answers for exactly this text."""

    code: str
    version: str
    sha256: str
    signed_by: UUID
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """From then on sessions of its route are opened by it."""

    id: UUID
    route: str
    locale: str  # where its dose table holds
    code: str
    version: str
    sha256: str
    published_by: UUID
    published_at: datetime
