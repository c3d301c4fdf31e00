"""Find the version of a consent document that a patient was shown."""

from kairos_chassis.db import Transaction

from intake.data import consents as documents
from intake.domain.consent import Document
from intake.store import consent_documents


async def document_shown(version: str, tx: Transaction) -> Document:
    """A version by its public name, however old. Raises DocumentNotFound (404)."""
    if (published := await consent_documents.of_version(tx, version)) is not None:
        return documents.document_of(published.document)
    return documents.version_of(version)
