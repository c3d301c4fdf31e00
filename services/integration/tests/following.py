"""Public events that the tests of this service deliver, and what they look for afterwards."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from kairos_chassis.testing.harness import Harness, Outboxed
from kairos_events.dosing import DoseAdministeredV1, SessionDischargedV1
from kairos_events.fields import Route
from kairos_events.scheduling import VisitBookedV1, VisitMissedV1


def dose(
    patient: UUID, at: datetime, *, mg: str = "34", session: UUID | None = None, **changes: Any
) -> DoseAdministeredV1:
    """A dose of a patient."""
    values: dict[str, Any] = {
        "dose_id": uuid4(),
        "session_id": session or uuid4(),
        "visit_id": uuid4(),
        "patient_id": patient,
        "site_id": uuid4(),
        "route": Route.IM,
        "product": "ketamine_50",
        "amount_mg": Decimal(mg),
        "administered_at": at,
        "clearance_version": 1,
        **changes,
    }
    return DoseAdministeredV1(**values)


def discharge(
    patient: UUID, last_dose_at: datetime, *, route: Route = Route.IM, session: UUID | None = None
) -> SessionDischargedV1:
    """The discharge two hours after a dose."""
    return SessionDischargedV1(
        session_id=session or uuid4(),
        visit_id=uuid4(),
        patient_id=patient,
        site_id=uuid4(),
        route=route,
        first_dose_at=last_dose_at,
        last_dose_at=last_dose_at,
        discharged_at=last_dose_at + timedelta(minutes=125),
    )


def booking(patient: UUID, starts_at: datetime, visit_type: str = "integration") -> VisitBookedV1:
    """A visit is booked."""
    return VisitBookedV1(
        visit_id=uuid4(),
        patient_id=patient,
        site_id=uuid4(),
        visit_type=visit_type,
        route=None,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        staff=(),
        booked_at=starts_at - timedelta(days=1),
    )


def no_show(booked: VisitBookedV1, at: datetime) -> VisitMissedV1:
    """The patient did not come."""
    return VisitMissedV1(
        visit_id=booked.visit_id,
        patient_id=booked.patient_id,
        site_id=booked.site_id,
        visit_type=booked.visit_type,
        route=None,
        starts_at=booked.starts_at,
        missed_at=at,
    )


async def announced(service: Harness, network: UUID, kind: str) -> list[Outboxed]:
    """The public events of one type that a network has announced."""
    return [one for one in await service.outboxed(network) if one.type == f"integration.{kind}.v1"]


async def tasks_of(service: Harness, network: UUID, kind: str) -> list[Any]:
    """The tasks of one kind."""
    return [row for row in await service.rows("task", network) if row["kind"] == kind]
