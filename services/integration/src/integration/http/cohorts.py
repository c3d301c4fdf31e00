"""Cohort outcomes over HTTP: figures of groups, none small enough to lead to a patient."""

import csv
import io
from decimal import Decimal

from kairos_chassis.http.documents import Document
from kairos_chassis.http.route import Routes

from integration.data.following import cohorts as policy
from integration.domain import plot
from integration.domain.cohort import Dimension
from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.outcome_schemas import CellView, CohortView
from integration.http.views import view
from integration.use_cases.tell_cohort import TellCohort, tell_cohort

routes = Routes("cohorts")
COLUMNS = tuple(CellView.model_fields)


@routes.get("/v1/cohorts/{instrument}/{by}/{quarter}", policy=policies.READ_COHORT)
async def get_cohort(
    call: IntegrationCall, instrument: str, by: Dimension, quarter: str
) -> CohortView:
    """How groups fared in a quarter that is over; told once, and the same ever after."""
    async with call.transaction() as tx:
        found = await tell_cohort(TellCohort(instrument=instrument, by=by, quarter=quarter), tx)
        answer = CohortView(
            instrument=instrument,
            by=by,
            quarter=quarter,
            smallest_cell=policy().smallest_cell,
            policy_version=found.policy_version,
            cells=[view(CellView, cell) for cell in found.cells],
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
        found = await tell_cohort(TellCohort(instrument=instrument, by=by, quarter=quarter), tx)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows([getattr(cell, name) for name in COLUMNS] for cell in found.cells)
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
        found = await tell_cohort(TellCohort(instrument=instrument, by=by, quarter=quarter), tx)
        rows = [(cell.group, cell.response_percent) for cell in found.cells]
        drawn = plot.bars(f"{instrument}: response by {by}, {quarter}", rows, Decimal(100))
        return call.document(drawn, filename=f"{instrument}-{by}-{quarter}.svg")
