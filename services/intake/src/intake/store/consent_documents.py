"""A network's own consent documents, at rest. Rows are only ever added; the newest counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from intake.domain.consent_errors import DocumentVersionTaken
from intake.store.outside_tables import consent_document

_columns = consent_document.c
_NEWEST = statement(
    select(consent_document)
    .ext(distinct_on(_columns.code))
    .order_by(_columns.code, _columns.number.desc())
)
_OF_VERSION = statement(select(consent_document).where(_columns.version == bindparam("version")))


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDocument:
    """A document as it was published."""

    code: str
    number: int
    version: str
    document: dict[str, Any]
    published_by: UUID
    published_at: datetime


async def newest(tx: Transaction) -> list[PublishedDocument]:
    """The network's newest version of every document it has of its own."""
    return [_published(row) for row in await tx.fetch(_NEWEST)]


async def of_version(tx: Transaction, version: str) -> PublishedDocument | None:
    """A version by its public name, if the network has it of its own."""
    row = await tx.fetch_one(_OF_VERSION, version=version)
    return None if row is None else _published(row)


def add(tx: Transaction, made: PublishedDocument) -> None:
    """Keep a publication. Raises DocumentVersionTaken at the flush if somebody was faster."""
    tx.refuse_on("consent_document_version", DocumentVersionTaken())
    tx.refuse_on("consent_document_number", DocumentVersionTaken())
    tx.insert(
        consent_document,
        id=uuid7(),
        network_id=tx.network,
        code=made.code,
        number=made.number,
        version=made.version,
        document=made.document,
        published_by=made.published_by,
        published_at=made.published_at,
    )


def _published(row: Record) -> PublishedDocument:
    names = ("code", "number", "version", "document", "published_by", "published_at")
    return PublishedDocument(**{name: row[name] for name in names})
