"""Practitioners and their credentials over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.paging import Page, page_of
from kairos_chassis.http.route import Routes
from pydantic import Field

from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.schemas.practitioners import (
    CredentialBody,
    CredentialList,
    CredentialView,
    PractitionerBody,
    PractitionerPage,
    PractitionerView,
)
from scheduling.store import practitioners
from scheduling.use_cases.record_credential import RecordCredential, record_credential
from scheduling.use_cases.register_practitioner import RegisterPractitioner, register_practitioner
from scheduling.use_cases.suspend_credential import SuspendCredential, suspend_credential

routes = Routes("practitioners")


@routes.post("/v1/practitioners", policy=policies.REGISTER_PRACTITIONER)
async def post_practitioner(call: SchedulingCall, body: PractitionerBody) -> PractitionerView:
    """Register a member of staff."""
    command = RegisterPractitioner(
        practitioner_id=body.practitioner_id,
        display_name=body.display_name,
        roles=frozenset(body.roles),
    )
    async with call.transaction() as tx:
        registered = await register_practitioner(command, tx)
        location = f"/v1/practitioners/{registered.id}"
        return call.answer(PractitionerView.of(registered), location=location)


@routes.get("/v1/practitioners", policy=policies.READ_PRACTITIONER)
async def list_practitioners(
    call: SchedulingCall,
    cursor: str | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> PractitionerPage:
    """Practitioners by id."""
    async with call.transaction() as tx:
        page = Page(call, "practitioners", cursor, limit)
        after = None if page.after is None else UUID(page.after[0])
        found = await practitioners.page(tx, after=after, limit=limit + 1)
        items, following = page_of(page, found, lambda one: [str(one.id)])
        views = [PractitionerView.of(one) for one in items]
        return call.answer(PractitionerPage(items=views, next_cursor=following))


@routes.get("/v1/practitioners/{practitioner_id}", policy=policies.READ_PRACTITIONER)
async def get_practitioner(call: SchedulingCall, practitioner_id: UUID) -> PractitionerView:
    """One practitioner."""
    async with call.transaction() as tx:
        found = await practitioners.find(tx, practitioner_id)
        return call.answer(PractitionerView.of(found))


@routes.post("/v1/practitioners/{practitioner_id}/credentials", policy=policies.CHANGE_CREDENTIAL)
async def post_credential(
    call: SchedulingCall, practitioner_id: UUID, body: CredentialBody
) -> CredentialView:
    """Record a licence, registration or training card."""
    command = RecordCredential(
        practitioner_id=practitioner_id,
        kind=body.kind,
        number=body.number,
        issuer=body.issuer,
        state=body.state,
        issued_on=body.issued_on,
        expires_on=body.expires_on,
    )
    async with call.transaction() as tx:
        recorded = await record_credential(command, tx)
        location = f"/v1/practitioners/{practitioner_id}/credentials"
        return call.answer(CredentialView.of(recorded), location=location)


@routes.get("/v1/practitioners/{practitioner_id}/credentials", policy=policies.READ_CREDENTIAL)
async def list_credentials(call: SchedulingCall, practitioner_id: UUID) -> CredentialList:
    """A practitioner's credentials, the latest version of each."""
    async with call.transaction() as tx:
        found = await practitioners.find(tx, practitioner_id)
        views = [CredentialView.of(one, at=tx.now) for one in found.credentials]
        return call.answer(CredentialList(items=views))


@routes.post(
    "/v1/practitioners/{practitioner_id}/credentials/{credential_id}/suspension",
    policy=policies.CHANGE_CREDENTIAL,
    status=200,
)
async def post_suspension(
    call: SchedulingCall, practitioner_id: UUID, credential_id: UUID
) -> CredentialView:
    """Suspend a credential at once. It waits for no version: whoever suspends must not be late."""
    command = SuspendCredential(practitioner_id=practitioner_id, credential_id=credential_id)
    async with call.transaction() as tx:
        return call.answer(CredentialView.of(await suspend_credential(command, tx)))
