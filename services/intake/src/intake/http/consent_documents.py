"""Consent documents over HTTP: those in force, and a network's own."""

from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import JsonDocument

from intake.data import consents as documents
from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.schemas.consent_documents import ConsentDocumentList, ConsentDocumentView
from intake.store import consent_documents
from intake.use_cases.document_in_force import document_in_force
from intake.use_cases.publish_document import PublishDocument, publish_document

routes = Routes("consent-documents")


@routes.get("/v1/consent-documents", policy=policies.READ_CONSENT)
async def list_consent_documents(call: IntakeCall) -> ConsentDocumentList:
    """What patients of this network are shown: of every document the version in force."""
    async with call.transaction() as tx:
        own = {one.code: one for one in await consent_documents.newest(tx)}
        codes = sorted({*own, *(one.code for one in documents.documents())})
        views = [
            ConsentDocumentView.of(await document_in_force(code, tx), own.get(code))
            for code in codes
        ]
        return call.answer(ConsentDocumentList(items=views))


@routes.post("/v1/consent-documents", policy=policies.PUBLISH_CONSENT)
async def post_consent_document(call: IntakeCall, body: JsonDocument) -> ConsentDocumentView:
    """Publish a version of the network's own. The caller is the medical director who answers for
    it; the digests of its texts are made here."""
    command = PublishDocument(document=body.root, published_by=call.caller.subject)
    async with call.transaction() as tx:
        made = await publish_document(command, tx)
        return call.answer(ConsentDocumentView.of(documents.document_of(made.document), made))
