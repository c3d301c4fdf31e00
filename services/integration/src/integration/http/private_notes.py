"""Psychotherapy notes over HTTP: for their author alone, whatever else a caller may do.

There is no search, no export, no event and no list of anybody else's.
"""

from typing import Annotated, Any
from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant
from pydantic import Field

from integration.data import note_prompts
from integration.domain.private_note import SafetyAnswer
from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.record_schemas import Long
from integration.http.therapy_schemas import Kept
from integration.http.views import view
from integration.store import people, private_notes
from integration.use_cases.check_safety_facts import check_safety_facts
from integration.use_cases.write_private_note import WritePrivateNote, write_private_note

routes = Routes("psychotherapy notes")


class Prompt(Answer):
    """A fact that belongs in the chart."""

    fact: str
    question: str


class Prompts(Answer):
    """What to answer before a note is kept."""

    items: list[Prompt]
    policy_version: str


class FactBody(Body):
    """Whether a fact came up, and the entry of the chart where it stands."""

    fact: Code
    present: bool
    charted_in: UUID | None = Field(default=None, description="a red flag or a therapy session")


class NoteBody(Body):
    """Words for their author alone."""

    id: UUID = Field(description="chosen by the author's device; a repeat changes nothing")
    therapy_session_id: UUID | None = None
    words: Long
    safety_facts: Annotated[list[FactBody], Field(max_length=30)]


class NoteLine(Answer):
    """That there is a note."""

    id: UUID
    therapy_session_id: UUID | None
    written_at: Instant


class NoteLines(Answer):
    """The caller's own notes about a patient."""

    items: list[NoteLine]


class NoteView(Answer):
    """A note, for its author."""

    id: UUID
    patient_id: UUID
    therapy_session_id: UUID | None
    written_at: Instant
    words: str


@routes.get("/v1/psychotherapy-note-prompts", policy=policies.WRITE_NOTE)
async def list_prompts(call: IntegrationCall) -> Prompts:
    """The facts that belong in the chart, and never in such a note only."""
    known = note_prompts()
    items = [Prompt(fact=fact, question=question) for fact, question in known.questions.items()]
    async with call.transaction():
        return call.answer(Prompts(items=items, policy_version=known.version))


@routes.post("/v1/patients/{patient_id}/psychotherapy-notes", policy=policies.WRITE_NOTE)
async def post_note(call: IntegrationCall, patient_id: UUID, body: NoteBody) -> Kept:
    """Keep a note, once what belongs in the chart is there."""
    answers = [SafetyAnswer(**fact.model_dump()) for fact in body.safety_facts]
    command = WritePrivateNote(
        note_id=body.id,
        patient_id=patient_id,
        author_id=call.caller.subject,
        therapy_session_id=body.therapy_session_id,
        words=body.words,
    )
    async with call.transaction() as tx:
        await check_safety_facts(patient_id, answers, tx)
        # Another role's transaction: a repeat after a failure in between finds the same note.
        async with call.deps.notes.transaction(call.network_id) as notes:
            await write_private_note(command, notes, call.deps.ring, tx)
        return call.answer(Kept(id=body.id), location=f"/v1/psychotherapy-notes/{body.id}")


@routes.get("/v1/patients/{patient_id}/psychotherapy-notes", policy=policies.WRITE_NOTE)
async def list_notes(call: IntegrationCall, patient_id: UUID) -> NoteLines:
    """The caller's own notes about a patient."""
    async with call.transaction() as tx:
        tx.about(patient_id)
        records = await people.records_of(tx, patient_id)
        async with call.deps.notes.transaction(call.network_id) as notes:
            await private_notes.as_author(notes, call.caller.subject)
            found: list[dict[str, Any]] = await private_notes.list_of(notes, records)
        return call.answer(NoteLines(items=[NoteLine(**line) for line in found]))


@routes.get("/v1/psychotherapy-notes/{note_id}", policy=policies.WRITE_NOTE)
async def get_note(call: IntegrationCall, note_id: UUID) -> NoteView:
    """One of the caller's own notes."""
    async with call.transaction() as tx:
        async with call.deps.notes.transaction(call.network_id) as notes:
            await private_notes.as_author(notes, call.caller.subject)
            note = await private_notes.find(notes, call.deps.ring, note_id, tx)
        tx.about(note.patient_id)
        return call.answer(view(NoteView, note))
