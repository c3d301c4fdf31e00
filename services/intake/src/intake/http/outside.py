"""What others have on file, over HTTP: read, and marked as read."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.schemas.outside import (
    OutsideBody,
    OutsideDocumentView,
    OutsideList,
    OutsideView,
)
from intake.store import outside, patients
from intake.use_cases.review_outside import ReviewOutside, review_outside

routes = Routes("outside-records")


@routes.get("/v1/patients/{patient_id}/outside-records", policy=policies.READ_OUTSIDE)
async def list_outside_records(call: IntakeCall, patient_id: UUID) -> OutsideList:
    """Consents and documents of elsewhere, and what differs about who the patient is."""
    async with call.transaction() as tx:
        await patients.find(tx, patient_id)
        found = await outside.of_patient(tx, patient_id)
        return call.answer(OutsideList(items=[OutsideView.of(one) for one in found]))


@routes.get("/v1/outside-records/{record_id}", policy=policies.READ_OUTSIDE)
async def get_outside_record(call: IntakeCall, record_id: UUID) -> OutsideDocumentView:
    """One of them, as it came."""
    async with call.transaction() as tx:
        found = await outside.find(tx, record_id)
        return call.answer(
            OutsideDocumentView(record=OutsideView.of(found), content=dict(found.content))
        )


@routes.post("/v1/outside-records/{record_id}/review", policy=policies.REVIEW_OUTSIDE, status=200)
async def post_outside_review(call: IntakeCall, record_id: UUID, body: OutsideBody) -> OutsideView:
    """Keep that the caller has read it. An outside consent clears nobody by this."""
    command = ReviewOutside(
        record_id=record_id, reviewed_by=call.caller.subject, reason=body.reason
    )
    async with call.transaction() as tx:
        return call.answer(OutsideView.of(await review_outside(command, tx)))
