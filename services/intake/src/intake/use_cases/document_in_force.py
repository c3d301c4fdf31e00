"""Find the consent document that is shown now: the network's own, or the one that ships."""

from kairos_chassis.db import Transaction

from intake.data import consents as documents
from intake.domain.consent import Document
from intake.store import consent_documents


async def document_in_force(code: str, tx: Transaction) -> Document:
    """The newest version of a document. Raises DocumentNotFound (404)."""
    for published in await consent_documents.newest(tx):
        if published.code == code:
            return documents.document_of(published.document)
    return documents.current(code)
