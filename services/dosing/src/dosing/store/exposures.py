"""What patients were given over time, at rest. Rows are only ever added."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import func, select

from dosing.domain.exposure import History, PastDose
from dosing.store import records
from dosing.store.persons import same_person
from dosing.store.protocol_tables import exposure, exposure_review, intolerance

_DOSES = statement(
    select(
        exposure,
        ~select(intolerance.c.id)
        .where(intolerance.c.session_id == exposure.c.session_id)
        .exists()
        .label("tolerated"),
    )
    .where(exposure.c.patient_id.in_(same_person()))
    .order_by(exposure.c.given_at, exposure.c.dose_id)
)
_REVIEWED = statement(
    select(func.max(exposure_review.c.reviewed_at).label("at")).where(
        exposure_review.c.patient_id.in_(same_person())
    )
)


async def history(tx: Transaction, patient_id: UUID) -> History:
    """All doses of a person in the network, under whichever id, oldest first."""
    rows = await tx.fetch(_DOSES, patient_id=patient_id)
    reviewed = await tx.fetch_one(_REVIEWED, patient_id=patient_id)
    return History(
        doses=[records.read(PastDose, row) for row in rows],
        reviewed_at=None if reviewed is None else reviewed["at"],
    )


def add(tx: Transaction, dose_id: UUID, patient_id: UUID, given: PastDose) -> None:
    """Remember a dose."""
    tx.insert(
        exposure,
        dose_id=dose_id,
        network_id=tx.network,
        patient_id=patient_id,
        session_id=given.session_id,
        route=given.route,
        amount_mg=given.amount_mg,
        bioavailability=given.bioavailability,
        weight_kg=given.weight_kg,
        given_at=given.given_at,
    )


def add_review(tx: Transaction, patient_id: UUID, order_id: UUID, by: UUID) -> None:
    """Remember that a prescriber reviewed the need, with the order that says why."""
    tx.insert(
        exposure_review,
        id=uuid7(),
        network_id=tx.network,
        patient_id=patient_id,
        order_id=order_id,
        reviewed_by=by,
        reviewed_at=tx.now,
    )


def add_intolerance(tx: Transaction, patient_id: UUID, session_id: UUID, cause: str) -> None:
    """Remember that a session's dose was not tolerated."""
    tx.insert(
        intolerance,
        id=uuid7(),
        network_id=tx.network,
        patient_id=patient_id,
        session_id=session_id,
        cause=cause,
        recorded_at=tx.now,
    )
