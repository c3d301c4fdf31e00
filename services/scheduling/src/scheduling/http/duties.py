"""What somebody has to see to, over HTTP: broken visits, credentials that end."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.paging import Page, page_of
from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site
from pydantic import Field

from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.schemas.duties import (
    CredentialAlertPage,
    CredentialAlertView,
    ReplanTaskPage,
    ReplanTaskView,
    VerificationBody,
)
from scheduling.http.schemas.practitioners import CredentialView
from scheduling.store import credential_alerts, replans
from scheduling.use_cases.verify_credential import VerifyCredential, verify_credential

routes = Routes("duties")
_CREDENTIAL = "/v1/practitioners/{practitioner_id}/credentials/{credential_id}"


@routes.get("/v1/replan-tasks", policy=policies.READ_VISIT)
async def list_replan_tasks(
    call: SchedulingCall,
    site_id: UUID | None = None,
    owner_id: UUID | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> ReplanTaskPage:
    """Broken visits nobody has seen to: moved or cancelled, one is resolved by itself."""
    if site_id is not None:
        admit_site(call.caller, site_id)
    async with call.transaction() as tx:
        page = Page(call, "replan tasks", cursor, limit)
        found = await replans.page(
            tx, site_id=site_id, owner_id=owner_id, after=page.after, limit=limit + 1
        )
        admitted = [one for one in found if _admitted(call, one.site_id)]
        items, following = page_of(
            page, admitted, lambda one: [one.opened_at.isoformat(), str(one.id)]
        )
        views = [ReplanTaskView.of(one) for one in items]
        return call.answer(ReplanTaskPage(items=views, next_cursor=following))


def _admitted(call: SchedulingCall, site_id: UUID) -> bool:
    return call.caller.sites is None or site_id in call.caller.sites


@routes.get("/v1/credential-alerts", policy=policies.READ_CREDENTIAL)
async def list_credential_alerts(
    call: SchedulingCall,
    cursor: str | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> CredentialAlertPage:
    """Credentials that end soon and that nobody has seen to."""
    async with call.transaction() as tx:
        page = Page(call, "credential alerts", cursor, limit)
        found = await credential_alerts.page(tx, after=page.after, limit=limit + 1)
        items, following = page_of(
            page, found, lambda one: [one.raised_at.isoformat(), str(one.id)]
        )
        views = [CredentialAlertView.of(one) for one in items]
        return call.answer(CredentialAlertPage(items=views, next_cursor=following))


@routes.post(
    "/v1/credential-alerts/{alert_id}/acknowledgement",
    policy=policies.CHANGE_CREDENTIAL,
    status=200,
)
async def post_alert_acknowledgement(call: SchedulingCall, alert_id: UUID) -> CredentialAlertView:
    """Somebody sees to it."""
    async with call.transaction() as tx:
        alert = await credential_alerts.acknowledge(tx, alert_id, by=call.caller.subject)
        return call.answer(CredentialAlertView.of(alert))


@routes.post(_CREDENTIAL + "/verification", policy=policies.CHANGE_CREDENTIAL, status=200)
async def post_verification(
    call: SchedulingCall, practitioner_id: UUID, credential_id: UUID, body: VerificationBody
) -> CredentialView:
    """Record that the issuer was asked, and that the credential holds."""
    return await _verify(call, practitioner_id, credential_id, body, reinstates=False)


@routes.post(_CREDENTIAL + "/reinstatement", policy=policies.CHANGE_CREDENTIAL, status=200)
async def post_reinstatement(
    call: SchedulingCall, practitioner_id: UUID, credential_id: UUID, body: VerificationBody
) -> CredentialView:
    """End a suspension, after the issuer was asked."""
    return await _verify(call, practitioner_id, credential_id, body, reinstates=True)


async def _verify(
    call: SchedulingCall,
    practitioner_id: UUID,
    credential_id: UUID,
    body: VerificationBody,
    *,
    reinstates: bool,
) -> CredentialView:
    command = VerifyCredential(
        practitioner_id=practitioner_id,
        credential_id=credential_id,
        source=body.source,
        reinstates=reinstates,
        by=call.caller.subject,
    )
    async with call.transaction() as tx:
        return call.answer(CredentialView.of(await verify_credential(command, tx)))
