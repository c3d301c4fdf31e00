"""What is known of a patient's clearance, and how fresh that is, over HTTP."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.http.route import Routes
from kairos_events.fields import Route

from scheduling.domain.rule_errors import PatientUnknown
from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.schemas.clearances import ClearanceNote, ClearanceView, RouteClearanceView
from scheduling.store import clearances

routes = Routes("clearances")
TOPIC = "intake.events"


async def known_as_of(call: SchedulingCall, tx: Transaction, patient_id: UUID) -> datetime | None:
    """The instant up to which everything intake said of a patient is known here."""
    return await call.deps.freshness.projection_as_of(tx, TOPIC, key=str(patient_id))


async def note(call: SchedulingCall, tx: Transaction, patient_id: UUID) -> ClearanceNote | None:
    """The note on a patient's clearance; None where nothing is known."""
    known = await clearances.find(tx, patient_id)
    if known is None:
        return None
    return ClearanceNote.of(known, await known_as_of(call, tx, patient_id), tx.now)


@routes.get("/v1/patients/{patient_id}/clearance", policy=policies.READ_VISIT)
async def get_clearance(call: SchedulingCall, patient_id: UUID) -> ClearanceView:
    """Whether a patient may be dosed, by route, and how fresh that knowledge is."""
    async with call.transaction() as tx:
        tx.about(patient_id)
        known = await clearances.find(tx, patient_id)
        if known is None:
            raise PatientUnknown
        fresh = ClearanceNote.of(known, await known_as_of(call, tx, patient_id), tx.now)
        views = [
            RouteClearanceView(
                route=Route(route),
                cleared=one.cleared,
                reasons=list(one.reasons),
                expires_at=one.expires_at,
            )
            for route, one in sorted(known.routes.items())
        ]
        view = ClearanceView(**fresh.model_dump(), patient_id=patient_id, routes=views)
        return call.answer(view)
