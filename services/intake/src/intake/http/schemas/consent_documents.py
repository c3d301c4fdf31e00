"""Consent documents, as answered."""

from uuid import UUID

from kairos_chassis.http.schemas import Answer
from kairos_events.fields import Instant

from intake.domain.consent import Document
from intake.store.consent_documents import PublishedDocument


class ConsentDocumentView(Answer):
    """A version in force. Nobody has published what ships."""

    code: str
    number: int
    version: str
    source: str
    languages: list[str]
    states: list[str]
    scopes: list[str]
    elements: list[str]
    questions: int
    text_sha256: dict[str, str]
    published_by: UUID | None
    published_at: Instant | None

    @classmethod
    def of(cls, document: Document, own: PublishedDocument | None) -> "ConsentDocumentView":
        """The view of a document."""
        return cls(
            code=document.code,
            number=document.number,
            version=document.version,
            source=document.source,
            languages=sorted(document.title),
            states=sorted({state for _, state in document.texts if state is not None}),
            scopes=list(document.scopes),
            elements=[element.code for element in document.elements],
            questions=len(document.comprehension),
            text_sha256=dict(document.text_sha256),
            published_by=None if own is None else own.published_by,
            published_at=None if own is None else own.published_at,
        )


class ConsentDocumentList(Answer):
    """What patients of the network are shown."""

    items: list[ConsentDocumentView]
