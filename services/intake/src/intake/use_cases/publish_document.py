"""Publish a network's own consent document: it is what patients are shown from the commit on."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.data import consents as documents
from intake.domain.consent import Document
from intake.domain.consent_errors import DocumentVersionTaken
from intake.domain.errors import DocumentNotFound
from intake.store import consent_documents
from intake.store.consent_documents import PublishedDocument
from intake.use_cases.document_in_force import document_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishDocument:
    """A medical director answers for the text."""

    document: dict[str, Any]
    published_by: UUID


async def publish_document(command: PublishDocument, tx: Transaction) -> PublishedDocument:
    """Keep the version. Consents that were signed stand; drafts of an older version are outdated.

    Raises DocumentUnsound (422), DocumentVersionTaken (409): a version has one text for ever.
    """
    whole = documents.with_digests(command.document)
    document = documents.document_of(whole)
    taken = await consent_documents.of_version(tx, document.version) is not None
    shipped = document.version in {one.version for one in documents.documents()}
    if taken or shipped or document.number <= await _number(document, tx):
        raise DocumentVersionTaken
    made = PublishedDocument(
        code=document.code,
        number=document.number,
        version=document.version,
        document=whole,
        published_by=command.published_by,
        published_at=tx.now,
    )
    consent_documents.add(tx, made)
    await tx.flush()
    return made


async def _number(document: Document, tx: Transaction) -> int:
    try:
        return (await document_in_force(document.code, tx)).number
    except DocumentNotFound:
        return 0
