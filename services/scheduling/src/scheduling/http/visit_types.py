"""Visit types over HTTP."""

from kairos_chassis.http.route import Routes

from scheduling.data import visit_types
from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.schemas.visits import VisitTypeList, VisitTypeView

routes = Routes("visit types")


@routes.get("/v1/visit-types", policy=policies.READ_VISIT_TYPE)
async def list_visit_types(call: SchedulingCall) -> VisitTypeList:
    """What each kind of visit needs, and for how long."""
    async with call.transaction():
        views = [VisitTypeView.of(kind) for kind in visit_types().values()]
        return call.answer(VisitTypeList(items=views))
