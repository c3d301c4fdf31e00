"""Drafts of therapy sessions over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from integration.data import therapy
from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.therapy_schemas import (
    DraftBody,
    Drafts,
    DraftVersions,
    DraftVersionView,
    DraftView,
    SaveDraftBody,
    SignDraftBody,
    Templates,
    TemplateView,
)
from integration.http.views import view
from integration.store import therapy_drafts as store
from integration.use_cases.discard_therapy_draft import DiscardTherapyDraft, discard_therapy_draft
from integration.use_cases.save_therapy_draft import SaveTherapyDraft, save_therapy_draft
from integration.use_cases.sign_therapy_draft import SignTherapyDraft, sign_therapy_draft
from integration.use_cases.start_therapy_draft import StartTherapyDraft, start_therapy_draft

routes = Routes("therapy drafts")


@routes.get("/v1/therapy-templates", policy=policies.READ_TEMPLATE)
async def list_templates(call: IntegrationCall) -> Templates:
    """What each modality asks, and what must be written before a signature."""
    known = therapy()
    items = [
        TemplateView(
            kind=kind,
            modality=modality,
            prompts=list(prompts),
            required=list(known.required[kind]),
            policy_version=known.version,
        )
        for modality, kinds in known.prompts.items()
        for kind, prompts in kinds.items()
    ]
    async with call.transaction():
        return call.answer(Templates(items=items))


@routes.get("/v1/therapy-drafts", policy=policies.WRITE_DRAFT)
async def list_drafts(call: IntegrationCall) -> Drafts:
    """The caller's open drafts, the newest first."""
    async with call.transaction() as tx:
        found = await store.of_writer(tx, call.caller.subject)
        return call.answer(Drafts(items=[view(DraftView, draft) for draft in found]))


@routes.post("/v1/therapy-drafts", policy=policies.WRITE_DRAFT)
async def post_draft(call: IntegrationCall, body: DraftBody) -> DraftView:
    """Begin a record, perhaps while the session goes on."""
    command = StartTherapyDraft(
        patient_id=body.patient_id,
        episode_id=body.episode_id,
        kind=body.kind,
        modality=body.modality,
        author_id=call.caller.subject,
        co_therapists=tuple(body.co_therapists),
        started_at=body.started_at,
        ended_at=body.ended_at,
        record=body.record.document(),
    )
    async with call.transaction() as tx:
        draft = await start_therapy_draft(command, tx)
        location = f"/v1/therapy-drafts/{draft.id}"
        return call.answer(view(DraftView, draft), version=draft.version, location=location)


@routes.get("/v1/therapy-drafts/{draft_id}", policy=policies.WRITE_DRAFT)
async def get_draft(call: IntegrationCall, draft_id: UUID) -> DraftView:
    """A draft, for those who write it."""
    async with call.transaction() as tx:
        draft = await store.drafts.find(tx, draft_id)
        draft.admit(call.caller.subject)
        return call.answer(view(DraftView, draft), version=draft.version)


@routes.get("/v1/therapy-drafts/{draft_id}/versions", policy=policies.WRITE_DRAFT)
async def get_draft_versions(call: IntegrationCall, draft_id: UUID) -> DraftVersions:
    """Everything a draft ever said: no save takes anybody's words away."""
    async with call.transaction() as tx:
        draft = await store.drafts.find(tx, draft_id)
        draft.admit(call.caller.subject)
        found = await store.versions_of(tx, draft_id)
        return call.answer(DraftVersions(items=[view(DraftVersionView, one) for one in found]))


@routes.patch("/v1/therapy-drafts/{draft_id}", policy=policies.WRITE_DRAFT)
async def patch_draft(call: IntegrationCall, draft_id: UUID, body: SaveDraftBody) -> DraftView:
    """Write on; who read an older version is told so, and joins the words."""
    command = SaveTherapyDraft(
        draft_id=draft_id,
        record=body.record.document(),
        ended_at=body.ended_at,
        saved_by=call.caller.subject,
        version=call.if_match,
    )
    async with call.transaction() as tx:
        saved = await save_therapy_draft(command, tx)
        return call.answer(view(DraftView, saved), version=saved.version)


@routes.post(
    "/v1/therapy-drafts/{draft_id}/signature",
    policy=policies.WRITE_DRAFT,
    status=200,
    if_match=True,
)
async def post_signature(call: IntegrationCall, draft_id: UUID, body: SignDraftBody) -> DraftView:
    """Sign: from then on it is the record, and never changes."""
    command = SignTherapyDraft(
        draft_id=draft_id,
        signed_by=call.caller.subject,
        zone=body.zone,
        version=call.if_match,
    )
    async with call.transaction() as tx:
        signed = await sign_therapy_draft(command, tx)
        return call.answer(view(DraftView, signed), version=signed.version)


@routes.post(
    "/v1/therapy-drafts/{draft_id}/discard",
    policy=policies.WRITE_DRAFT,
    status=200,
    if_match=True,
)
async def post_discard(call: IntegrationCall, draft_id: UUID) -> DraftView:
    """Put a draft aside; its versions stay."""
    command = DiscardTherapyDraft(
        draft_id=draft_id, discarded_by=call.caller.subject, version=call.if_match
    )
    async with call.transaction() as tx:
        discarded = await discard_therapy_draft(command, tx)
        return call.answer(view(DraftView, discarded), version=discarded.version)
