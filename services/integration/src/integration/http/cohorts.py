"""Cohort outcomes over HTTP: figures of groups, none small enough to lead to a patient."""

import csv
import io
from collections import defaultdict
from decimal import Decimal
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.http.documents import Document
from kairos_chassis.http.route import Routes

from integration.data.following import cohorts as policy
from integration.data.following import outcomes as scales
from integration.domain import plot
from integration.domain.cohort import Cell, Course, Dimension, cells, end_of_quarter, group_of
from integration.domain.errors import NotFollowed
from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.outcome_schemas import CellView, CohortView
from integration.http.views import view
from integration.store import care_plans, doses, outcomes

routes = Routes("cohorts")
COLUMNS = tuple(CellView.model_fields)


@routes.get("/v1/cohorts/{instrument}/{by}/{quarter}", policy=policies.READ_COHORT)
async def get_cohort(
    call: IntegrationCall, instrument: str, by: Dimension, quarter: str
) -> CohortView:
    """How groups fared until the end of a quarter."""
    async with call.transaction() as tx:
        found = await _cells(tx, instrument, by, quarter)
        answer = CohortView(
            instrument=instrument,
            by=by,
            quarter=quarter,
            smallest_cell=policy().smallest_cell,
            policy_version=policy().version,
            cells=[view(CellView, cell) for cell in found],
        )
        return call.answer(answer)


@routes.document(
    "/v1/cohorts/{instrument}/{by}/{quarter}/table",
    policy=policies.READ_COHORT,
    media_type="text/csv",
)
async def get_cohort_table(
    call: IntegrationCall, instrument: str, by: Dimension, quarter: str
) -> Document:
    """The same as CSV; a figure that is not shown is an empty field."""
    async with call.transaction() as tx:
        found = await _cells(tx, instrument, by, quarter)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows([getattr(cell, name) for name in COLUMNS] for cell in found)
        return call.document(text.getvalue().encode(), filename=f"{instrument}-{by}-{quarter}.csv")


@routes.document(
    "/v1/cohorts/{instrument}/{by}/{quarter}/plot",
    policy=policies.READ_COHORT,
    media_type="image/svg+xml",
)
async def get_cohort_plot(
    call: IntegrationCall, instrument: str, by: Dimension, quarter: str
) -> Document:
    """Responders of each group, as a picture."""
    async with call.transaction() as tx:
        found = await _cells(tx, instrument, by, quarter)
        rows = [(cell.group, cell.response_percent) for cell in found]
        drawn = plot.bars(f"{instrument}: response by {by}, {quarter}", rows, Decimal(100))
        return call.document(drawn, filename=f"{instrument}-{by}-{quarter}.svg")


async def _cells(tx: Transaction, instrument: str, by: Dimension, quarter: str) -> list[Cell]:
    """The groups of a network, as they may be shown. Raises NotFollowed, QuarterNotOver."""
    if instrument not in scales().scales:
        raise NotFollowed
    end = end_of_quarter(quarter, tx.now)
    found = await outcomes.of_instrument(tx, instrument)
    given = defaultdict(list)
    for dose in await doses.of_network(tx):
        if dose.administered_at < end:
            given[dose.patient_id].append(dose)
    plans = await care_plans.indicated(tx)
    indications: dict[UUID, str | None] = {p.patient_id: p.indication for p in plans}
    last = {one.patient_id: one for one in found if one.completed_at < end}
    scores = {one.assessment_id: one.score for one in found}
    courses = [
        Course(
            group=group_of(by, given[patient], indications.get(patient), policy()),
            baseline=scores[one.baseline_assessment_id],
            last=one,
        )
        for patient, one in last.items()
        if one.baseline_assessment_id is not None and given[patient]
    ]
    return cells(courses, policy())
