"""Search, identifiers, contacts, probable duplicates and merges over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.paging import Page, page_of
from kairos_chassis.http.route import Routes
from kairos_events.fields import Day
from kairos_events.uuid7 import uuid7
from pydantic import Field, StringConstraints

from intake.data.matching import probable
from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.schemas.patients import PatientView
from intake.http.schemas.records import (
    ContactBody,
    ContactList,
    ContactView,
    DuplicateList,
    DuplicateView,
    IdentifierBody,
    IdentifierList,
    IdentifierView,
    MergeBody,
    MergeList,
    MergeView,
    PatientList,
    UnmergeBody,
)
from intake.store import contacts, identifiers, merges, patients
from intake.store.contacts import Contact
from intake.store.identifiers import Identifier
from intake.use_cases.merge_patients import MergePatients, merge_patients
from intake.use_cases.unmerge_patient import UnmergePatient, unmerge_patient

routes = Routes("records")

Sought = Annotated[str, StringConstraints(min_length=2, max_length=100)] | None
Limit = Annotated[int, Field(ge=1, le=100)]


@routes.get("/v1/patients", policy=policies.READ_PATIENT)
async def list_patients(
    call: IntakeCall,
    name: Sought = None,
    born_on: Day | None = None,
    phone: Sought = None,
    identifier: Sought = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> PatientList:
    """Find patients: everything that is given has to apply."""
    page = Page(call, "patients", cursor, limit)
    async with call.transaction() as tx:
        found = await patients.search(
            tx,
            name=name,
            born_on=born_on,
            phone=phone,
            identifier=identifier,
            after=None if page.after is None else UUID(page.after[0]),
            limit=limit + 1,
        )
        items, following = page_of(page, found, lambda one: [str(one.id)])
        return call.answer(
            PatientList(items=[PatientView.of(one) for one in items], next=following)
        )


@routes.get("/v1/patients/{patient_id}/identifiers", policy=policies.READ_PATIENT)
async def list_identifiers(call: IntakeCall, patient_id: UUID) -> IdentifierList:
    """How other systems name the patient."""
    async with call.transaction() as tx:
        await patients.find(tx, patient_id)
        found = await identifiers.of_patient(tx, patient_id)
        views = [IdentifierView(system=one.system, value=one.value) for one in found]
        return call.answer(IdentifierList(items=views))


@routes.post("/v1/patients/{patient_id}/identifiers", policy=policies.UPDATE_PATIENT)
async def post_identifier(
    call: IntakeCall, patient_id: UUID, body: IdentifierBody
) -> IdentifierView:
    """Keep how another system names the patient; a repeat changes nothing."""
    async with call.transaction() as tx:
        await patients.find(tx, patient_id)
        one = Identifier(system=body.system, value=body.value)
        await identifiers.add(tx, patient_id, one)
        return call.answer(IdentifierView(system=one.system, value=one.value))


@routes.get("/v1/patients/{patient_id}/contacts", policy=policies.READ_PATIENT)
async def list_contacts(call: IntakeCall, patient_id: UUID) -> ContactList:
    """Whom to call in an emergency, and who takes the patient home."""
    async with call.transaction() as tx:
        await patients.find(tx, patient_id)
        found = await contacts.of_patient(tx, patient_id)
        return call.answer(ContactList(items=[_contact(one) for one in found]))


@routes.post("/v1/patients/{patient_id}/contacts", policy=policies.UPDATE_PATIENT)
async def post_contact(call: IntakeCall, patient_id: UUID, body: ContactBody) -> ContactView:
    """Name somebody to call."""
    async with call.transaction() as tx:
        await patients.find(tx, patient_id)
        one = Contact(id=uuid7(), recorded_at=tx.now, **body.model_dump())
        contacts.add(tx, patient_id, one)
        return call.answer(_contact(one))


@routes.post(
    "/v1/patients/{patient_id}/contacts/{contact_id}/removal",
    policy=policies.UPDATE_PATIENT,
    status=200,
)
async def post_contact_removal(call: IntakeCall, patient_id: UUID, contact_id: UUID) -> ContactList:
    """Call somebody no more. Returns who is left."""
    async with call.transaction() as tx:
        await patients.find(tx, patient_id)
        contacts.remove(tx, patient_id, contact_id)
        found = await contacts.of_patient(tx, patient_id)
        return call.answer(ContactList(items=[_contact(one) for one in found]))


@routes.get("/v1/patients/{patient_id}/duplicates", policy=policies.READ_PATIENT)
async def list_duplicates(call: IntakeCall, patient_id: UUID) -> DuplicateList:
    """Who may be the same person: for somebody to look at."""
    async with call.transaction() as tx:
        person = await patients.find(tx, patient_id)
        found = probable(person, await patients.alike(tx, person))
        views = [
            DuplicateView(
                patient_id=one.id,
                given_name=one.given_name,
                family_name=one.family_name,
                born_on=one.born_on,
                likeness_percent=percent,
            )
            for one, percent in found
        ]
        return call.answer(DuplicateList(items=views))


@routes.post("/v1/patients/{patient_id}/merges", policy=policies.MERGE_PATIENTS)
async def post_merge(call: IntakeCall, patient_id: UUID, body: MergeBody) -> MergeView:
    """Merge another record into this one."""
    command = MergePatients(
        surviving_patient_id=patient_id,
        merged_patient_id=body.merged_patient_id,
        merged_by=call.caller.subject,
        reason=body.reason,
    )
    async with call.transaction() as tx:
        return call.answer(MergeView.of(await merge_patients(command, tx)))


@routes.get("/v1/patients/{patient_id}/merges", policy=policies.READ_PATIENT)
async def list_merges(call: IntakeCall, patient_id: UUID) -> MergeList:
    """Every merge this record was in, parted or not."""
    async with call.transaction() as tx:
        await patients.find(tx, patient_id)
        found = await merges.history(tx, patient_id)
        return call.answer(MergeList(items=[MergeView.of(one) for one in found]))


@routes.post("/v1/patients/{patient_id}/unmerging", policy=policies.MERGE_PATIENTS, status=200)
async def post_unmerging(call: IntakeCall, patient_id: UUID, body: UnmergeBody) -> MergeView:
    """Part this record from the one it was merged into."""
    command = UnmergePatient(
        merged_patient_id=patient_id, unmerged_by=call.caller.subject, reason=body.reason
    )
    async with call.transaction() as tx:
        return call.answer(MergeView.of(await unmerge_patient(command, tx)))


def _contact(one: Contact) -> ContactView:
    return ContactView.model_validate(one, from_attributes=True)
