"""Alerts over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site

from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.schemas.care import AcknowledgeBody, AlertList, AlertView
from dosing.store import alerts, sessions
from dosing.use_cases.acknowledge_alert import AcknowledgeAlert, acknowledge_alert

routes = Routes("alerts")


@routes.get("/v1/alerts", policy=policies.READ_ALERT)
async def list_open_alerts(call: DosingCall, site_id: UUID | None = None) -> AlertList:
    """Alerts of a site, or of all one works at, that nobody has acknowledged; newest first."""
    sites = call.sites(site_id)
    async with call.transaction() as tx:
        found = await alerts.unanswered(tx, sites)
        return call.answer(AlertList(items=[AlertView.of(one) for one in found]))


@routes.get("/v1/sessions/{session_id}/alerts", policy=policies.READ_SESSION)
async def list_alerts(call: DosingCall, session_id: UUID) -> AlertList:
    """A session's alerts, oldest first."""
    async with call.transaction() as tx:
        admit_site(call.caller, (await sessions.find(tx, session_id)).site_id)
        found = await alerts.of_session(tx, session_id)
        return call.answer(AlertList(items=[AlertView.of(one) for one in found]))


@routes.post("/v1/alerts/{alert_id}/acknowledgement", policy=policies.ACKNOWLEDGE_ALERT)
async def post_acknowledgement(
    call: DosingCall, alert_id: UUID, body: AcknowledgeBody
) -> AlertView:
    """Acknowledge an alert, and say what is done about it."""
    command = AcknowledgeAlert(alert_id=alert_id, action=body.action, by=call.caller)
    async with call.transaction() as tx:
        return call.answer(AlertView.of(await acknowledge_alert(command, tx)))
