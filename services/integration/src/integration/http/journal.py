"""The journal over HTTP: the patient's own, through the patient's own token."""

from uuid import UUID

from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.http.route import Routes

from integration.data import journal as policy
from integration.domain.errors import EntryNotFound
from integration.domain.journal import Audience
from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.journal_schemas import (
    ChoiceBody,
    ChoiceView,
    EntryBody,
    EntryKept,
    EntryState,
    EntryView,
    Journal,
    NoticeView,
    SharingBody,
    entry_views,
)
from integration.http.persons import admit_person
from integration.http.views import view
from integration.store import journal as store
from integration.store import therapy_sessions
from integration.use_cases.choose_journal import ChooseJournal, choose_journal
from integration.use_cases.remove_journal_entry import RemoveJournalEntry, remove_journal_entry
from integration.use_cases.share_journal_entry import ShareJournalEntry, share_journal_entry
from integration.use_cases.write_journal_entry import WriteJournalEntry, write_journal_entry

routes = Routes("journal")
ALL = frozenset(Audience)


def _me(call: IntegrationCall) -> UUID:
    """The patient whose token this is."""
    if call.caller.patient_id is None:
        message = "A journal is reached with its patient's own token."
        raise Refusal("not_a_patient", Kind.FORBIDDEN, message)
    return call.caller.patient_id


@routes.get("/v1/journal/notice", policy=policies.OWN_JOURNAL)
async def get_notice(call: IntegrationCall) -> NoticeView:
    """What the journal is, and what it is not: nobody watches it."""
    async with call.transaction():
        told = policy()
        notice, where = list(told.notice), list(told.help)
        return call.answer(NoticeView(version=told.version, notice=notice, help=where))


@routes.post("/v1/journal/choices", policy=policies.OWN_JOURNAL)
async def post_choice(call: IntegrationCall, body: ChoiceBody) -> ChoiceView:
    """Say that the notice was read, and whether terms of crisis shall be looked for."""
    command = ChooseJournal(
        patient_id=_me(call), notice_version=body.notice_version, screened=body.screened
    )
    async with call.transaction() as tx:
        return call.answer(view(ChoiceView, await choose_journal(command, tx)))


@routes.post("/v1/journal/entries", policy=policies.OWN_JOURNAL)
async def post_entry(call: IntegrationCall, body: EntryBody) -> EntryKept:
    """Write. The answer repeats no word of it."""
    command = WriteJournalEntry(patient_id=_me(call), audience=body.audience, words=body.words)
    async with call.transaction() as tx:
        written = await write_journal_entry(command, tx, call.deps.ring)
        answer = EntryKept(
            id=written.entry.id,
            screened=written.screened,
            help=list(policy().help) if written.alarmed else [],
            version=written.entry.version,
        )
        location = f"/v1/journal/entries/{written.entry.id}"
        return call.answer(answer, version=written.entry.version, location=location)


@routes.get("/v1/journal/entries", policy=policies.OWN_JOURNAL)
async def list_entries(call: IntegrationCall) -> Journal:
    """The patient's own entries, the newest first."""
    async with call.transaction() as tx:
        found = await store.read(tx, _me(call), ALL)
        tx.about(_me(call))
        return call.answer(
            Journal(items=entry_views(found, await store.opened(tx, call.deps.ring, found)))
        )


@routes.get("/v1/journal/entries/{entry_id}", policy=policies.OWN_JOURNAL)
async def get_entry(call: IntegrationCall, entry_id: UUID) -> EntryView:
    """One of the patient's own entries."""
    async with call.transaction() as tx:
        entry = await store.entries.find(tx, entry_id)
        await admit_person(call, entry.patient_id, tx, EntryNotFound())
        if entry.removed_at is not None:
            raise EntryNotFound
        (opened,) = entry_views([entry], await store.opened(tx, call.deps.ring, [entry]))
        return call.answer(opened, version=entry.version)


@routes.post(
    "/v1/journal/entries/{entry_id}/sharing",
    policy=policies.OWN_JOURNAL,
    status=200,
    if_match=True,
)
async def post_sharing(call: IntegrationCall, entry_id: UUID, body: SharingBody) -> EntryState:
    """Share an entry with the therapist or the team, or take it back: `private`."""
    command = ShareJournalEntry(
        entry_id=entry_id, patient_id=_me(call), audience=body.audience, version=call.if_match
    )
    async with call.transaction() as tx:
        shared = await share_journal_entry(command, tx)
        return call.answer(view(EntryState, shared), version=shared.version)


@routes.post(
    "/v1/journal/entries/{entry_id}/removal",
    policy=policies.OWN_JOURNAL,
    status=200,
    if_match=True,
)
async def post_removal(call: IntegrationCall, entry_id: UUID) -> EntryState:
    """Take the words away for good."""
    command = RemoveJournalEntry(entry_id=entry_id, patient_id=_me(call), version=call.if_match)
    async with call.transaction() as tx:
        removed = await remove_journal_entry(command, tx)
        return call.answer(view(EntryState, removed), version=removed.version)


@routes.get("/v1/patients/{patient_id}/journal", policy=policies.READ_JOURNAL)
async def read_journal(call: IntegrationCall, patient_id: UUID) -> Journal:
    """What a patient shares with the caller: with the team, and with their own therapists."""
    async with call.transaction() as tx:
        tx.about(patient_id)
        audiences = {Audience.TEAM}
        held = await therapy_sessions.of_patient(tx, patient_id)
        if any(session.led_by(call.caller.subject) for session in held):
            audiences.add(Audience.THERAPIST)
        found = await store.read(tx, patient_id, frozenset(audiences))
        return call.answer(
            Journal(items=entry_views(found, await store.opened(tx, call.deps.ring, found)))
        )
