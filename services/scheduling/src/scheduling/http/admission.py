"""A visit as a request wants it."""

from kairos_events.uuid7 import uuid7

from scheduling.http.schemas.visits import VisitBody
from scheduling.use_cases.admit_visit import AdmitVisit


def wanted(body: VisitBody) -> AdmitVisit:
    """What is to be admitted, under an id of its own."""
    return AdmitVisit(
        visit_id=uuid7(),
        patient_id=body.patient_id,
        site_id=body.site_id,
        room_id=body.room_id,
        visit_type=body.visit_type,
        route=None if body.route is None else body.route.value,
        starts_at=body.starts_at,
        staff=body.staff,
        equipment_ids=tuple(body.equipment_ids),
    )
