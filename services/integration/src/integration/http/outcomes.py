"""Measures and outcomes over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.http.documents import Document
from kairos_chassis.http.paging import Page, page_of
from kairos_chassis.http.route import Routes
from pydantic import Field

from integration.data.following import measures as schedule
from integration.data.following import outcomes as policy
from integration.domain import plot
from integration.domain.errors import NotFollowed
from integration.domain.measure import Measure, MeasureState
from integration.domain.outcome import Outcome
from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.outcome_schemas import (
    CheckDoneBody,
    DoseMark,
    MeasurePage,
    MeasureView,
    Point,
    Trend,
)
from integration.http.views import view
from integration.store import doses, measures, outcomes
from integration.use_cases.complete_check import CompleteCheck, complete_check

routes = Routes("outcomes")


@routes.get("/v1/measures", policy=policies.READ_MEASURE)
async def list_measures(
    call: IntegrationCall,
    patient_id: UUID | None = None,
    state: MeasureState | None = None,
    due_only: bool = False,
    cursor: str | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> MeasurePage:
    """Rating scales that shall be filled in, by due time."""
    async with call.transaction() as tx:
        page = Page(call, "measures", cursor, limit)
        found = await measures.page(
            tx,
            patient_id=patient_id,
            state=None if state is None else state.value,
            due_by=tx.now if due_only else None,
            after=page.after,
            limit=limit + 1,
        )
        items, following = page_of(page, found, lambda m: [m.due_at.isoformat(), str(m.id)])
        views = [_measure(one, tx) for one in items]
        return call.answer(MeasurePage(items=views, next_cursor=following))


@routes.get("/v1/measures/{measure_id}", policy=policies.READ_OUTCOME)
async def get_measure(call: IntegrationCall, measure_id: UUID) -> MeasureView:
    """One rating scale or check that is due."""
    async with call.transaction() as tx:
        found = await measures.measures.find(tx, measure_id)
        return call.answer(_measure(found, tx), version=found.version)


@routes.post(
    "/v1/measures/{measure_id}/completion",
    policy=policies.COMPLETE_CHECK,
    status=200,
    if_match=True,
)
async def post_completion(
    call: IntegrationCall, measure_id: UUID, body: CheckDoneBody
) -> MeasureView:
    """A check was done and charted; scales are met by filling them in."""
    command = CompleteCheck(
        measure_id=measure_id,
        charted_in=body.charted_in,
        done_by=call.caller.subject,
        version=call.if_match,
    )
    async with call.transaction() as tx:
        done = await complete_check(command, tx)
        return call.answer(_measure(done, tx), version=done.version)


def _measure(one: Measure, tx: Transaction) -> MeasureView:
    unmet = one.state is MeasureState.OPEN
    late = tx.now > one.due_at + schedule().overdue_after
    return MeasureView.of(one, due=unmet and tx.now >= one.due_at, overdue=unmet and late)


@routes.get("/v1/patients/{patient_id}/outcomes/{instrument}", policy=policies.READ_OUTCOME)
async def get_trend(call: IntegrationCall, patient_id: UUID, instrument: str) -> Trend:
    """A patient's scores on one scale and what they amount to, with the doses between them."""
    async with call.transaction() as tx:
        found = await _followed(tx, patient_id, instrument)
        given = await doses.of_patient(tx, patient_id)
        answer = Trend(
            instrument=instrument,
            points=[view(Point, one) for one in found],
            doses=[view(DoseMark, one) for one in given],
        )
        return call.answer(answer)


@routes.document(
    "/v1/patients/{patient_id}/outcomes/{instrument}/plot",
    policy=policies.READ_OUTCOME,
    media_type="image/svg+xml",
)
async def get_trend_plot(call: IntegrationCall, patient_id: UUID, instrument: str) -> Document:
    """The same as a picture: scores over days, each dose a dashed line."""
    async with call.transaction() as tx:
        found = await _followed(tx, patient_id, instrument)
        given = [dose.administered_at for dose in await doses.of_patient(tx, patient_id)]
        points = [(one.completed_at, one.score) for one in found]
        drawn = plot.trend(instrument, points, given, policy().scales[instrument].maximum)
        return call.document(drawn, filename=f"{instrument}.svg")


async def _followed(tx: Transaction, patient_id: UUID, instrument: str) -> list[Outcome]:
    """A patient's outcomes on a scale. Raises NotFollowed."""
    if instrument not in policy().scales:
        raise NotFollowed
    tx.about(patient_id)
    found = await outcomes.of_patient(tx, patient_id)
    return [one for one in found if one.instrument == instrument]
