"""Weekly series over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site

from scheduling.http import policies
from scheduling.http.admission import wanted
from scheduling.http.call import SchedulingCall
from scheduling.http.refusals import explained
from scheduling.http.schemas.visit_series import SeriesBody, SeriesView
from scheduling.http.schemas.visits import VisitView
from scheduling.store import visit_series, visits
from scheduling.use_cases.book_series import BookSeries, book_series

routes = Routes("visit series")


@routes.post("/v1/visit-series", policy=policies.BOOK_VISIT)
async def post_visit_series(call: SchedulingCall, body: SeriesBody) -> SeriesView:
    """Book a visit every week or every few weeks at the same local time: all of them, or none."""
    admit_site(call.caller, body.site_id)
    command = BookSeries(
        first=wanted(body), every_weeks=body.every_weeks, count=body.count, by=call.caller.subject
    )
    async with explained(call), call.transaction() as tx:
        series, booked = await book_series(command, tx)
        view = SeriesView.of(series, {one.id: VisitView.of(one) for one in booked})
        return call.answer(view, location=f"/v1/visit-series/{series.id}")


@routes.get("/v1/visit-series/{series_id}", policy=policies.READ_VISIT)
async def get_visit_series(call: SchedulingCall, series_id: UUID) -> SeriesView:
    """A series with its visits, wherever they have been moved since."""
    async with call.transaction() as tx:
        series = await visit_series.find(tx, series_id)
        admit_site(call.caller, series.site_id)
        found = {
            one.visit_id: VisitView.of(await visits.find(tx, one.visit_id)) for one in series.visits
        }
        return call.answer(SeriesView.of(series, found))
