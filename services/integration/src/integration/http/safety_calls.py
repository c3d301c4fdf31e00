"""Safety calls over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from kairos_chassis.http.paging import Page, page_of
from kairos_chassis.http.route import Routes
from pydantic import Field

from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.task_schemas import SafetyCallPage, SafetyCallView, SettleCallBody
from integration.http.views import view
from integration.store import safety_calls
from integration.use_cases.record_call_attempt import RecordCallAttempt, record_call_attempt
from integration.use_cases.settle_safety_call import SettleSafetyCall, settle_safety_call

routes = Routes("safety calls")


@routes.get("/v1/safety-calls", policy=policies.READ_CALL)
async def list_safety_calls(
    call: IntegrationCall,
    patient_id: UUID | None = None,
    state: Literal["open", "settled"] | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> SafetyCallPage:
    """Safety calls by due time, the most urgent first."""
    async with call.transaction() as tx:
        page = Page(call, "safety_calls", cursor, limit)
        found = await safety_calls.page(
            tx, patient_id=patient_id, state=state, after=page.after, limit=limit + 1
        )
        items, following = page_of(page, found, lambda c: [c.due_at.isoformat(), str(c.id)])
        views = [view(SafetyCallView, one) for one in items]
        return call.answer(SafetyCallPage(items=views, next_cursor=following))


@routes.get("/v1/safety-calls/{safety_call_id}", policy=policies.READ_CALL)
async def get_safety_call(call: IntegrationCall, safety_call_id: UUID) -> SafetyCallView:
    """One safety call."""
    async with call.transaction() as tx:
        found = await safety_calls.safety_calls.find(tx, safety_call_id)
        return call.answer(view(SafetyCallView, found), version=found.version)


@routes.post(
    "/v1/safety-calls/{safety_call_id}/attempts",
    policy=policies.MAKE_CALL,
    status=200,
    if_match=True,
)
async def post_call_attempt(call: IntegrationCall, safety_call_id: UUID) -> SafetyCallView:
    """Somebody called and reached nobody."""
    command = RecordCallAttempt(safety_call_id=safety_call_id, version=call.if_match)
    async with call.transaction() as tx:
        tried = await record_call_attempt(command, tx)
        return call.answer(view(SafetyCallView, tried), version=tried.version)


@routes.post(
    "/v1/safety-calls/{safety_call_id}/outcome",
    policy=policies.MAKE_CALL,
    status=200,
    if_match=True,
)
async def post_call_outcome(
    call: IntegrationCall, safety_call_id: UUID, body: SettleCallBody
) -> SafetyCallView:
    """What came of the call; a sign of danger reaches the other services at once."""
    command = SettleSafetyCall(
        safety_call_id=safety_call_id,
        outcome=body.outcome,
        signs=tuple((sign.kind, sign.severity) for sign in body.signs),
        settled_by=call.caller.subject,
        version=call.if_match,
    )
    async with call.transaction() as tx:
        settled = await settle_safety_call(command, tx)
        return call.answer(view(SafetyCallView, settled), version=settled.version)
