"""A signed consent as a PDF that the patient takes home."""

from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

from intake.domain.consent import Consent, Document
from intake.domain.consent_errors import NoSignedCopy

_GAP_POINTS = 8


def pdf_of(consent: Consent, document: Document) -> bytes:
    """The text exactly as it was shown, then what was agreed to, by whom it was taken, and the
    digests. The patient's name is not in it: who it belongs to is known to who holds it.

    Raises NoSignedCopy.
    """
    if consent.signed_at is None:
        raise NoSignedCopy
    styles = getSampleStyleSheet()
    shown: list[Flowable] = []
    for paragraph in document.text_in(consent.language, consent.law_state).split("\n\n"):
        lines = "<br/>".join(escape(line) for line in paragraph.splitlines())
        shown += [Paragraph(lines, styles["BodyText"]), Spacer(0, _GAP_POINTS)]
    facts = {
        "Document": consent.document_version,
        "Consent": str(consent.id),
        "Agreed to": ", ".join(consent.scopes),
        "Signed at": consent.signed_at.isoformat(),
        "Taken by": str(consent.witnessed_by),
        "Witness": str(consent.independent_witness or "none"),
        "Comprehension": f"{consent.questions_correct} of {consent.questions_asked}",
        "Valid until": "" if consent.expires_at is None else consent.expires_at.isoformat(),
        "SHA-256 of the text": consent.text_sha256,
        "SHA-256 of the signature": consent.signature_sha256 or "",
    }
    shown += [
        Paragraph(f"<b>{escape(name)}</b>: {escape(value)}", styles["BodyText"])
        for name, value in facts.items()
    ]
    written = BytesIO()
    # Invariant: the same consent gives the same bytes, today and in ten years.
    SimpleDocTemplate(written, pagesize=LETTER, invariant=1, title=consent.document_version).build(
        shown
    )
    return written.getvalue()
