"""Measures that fall due, at rest."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import DateTime, bindparam, or_, select

from integration.domain.errors import MeasureNotFound
from integration.domain.measure import Measure, MeasureState
from integration.store.paging import asked, asked_person, by_instant, position
from integration.store.people import of_person
from integration.store.records import Records
from integration.store.tables import measure

measures = Records(measure, Measure, MeasureNotFound)

_OPEN = statement(
    select(measure)
    .where(
        of_person(measure.c.patient_id),
        measure.c.state == MeasureState.OPEN.value,
    )
    .order_by(measure.c.due_at, measure.c.id)
    .with_for_update()
)
_OF_ANCHOR = statement(select(measure).where(measure.c.anchor_id == bindparam("anchor_id")))
_by = bindparam("due_by", type_=DateTime(timezone=True))
_PAGE = statement(
    by_instant(
        measure,
        "due_at",
        asked_person(measure.c.patient_id),
        asked(measure.c.state, "state"),
        or_(_by.is_(None), measure.c.due_at <= _by),
    )
)


async def lock_open(tx: Transaction, patient_id: UUID) -> list[Measure]:
    """A patient's open measures, kept from everybody else until the commit."""
    return await measures.all(tx, _OPEN, patient_id=patient_id)


async def of_anchor(tx: Transaction, anchor_id: UUID) -> list[Measure]:
    """The measures that follow from an anchor."""
    return await measures.all(tx, _OF_ANCHOR, anchor_id=anchor_id)


async def page(
    tx: Transaction,
    *,
    patient_id: UUID | None,
    state: str | None,
    due_by: datetime | None,
    after: Sequence[str] | None,
    limit: int,
) -> list[Measure]:
    """Measures by due time, `limit` at most, after the position of a cursor."""
    wanted = {"patient_id": patient_id, "state": state, "due_by": due_by, "limit": limit}
    return await measures.all(tx, _PAGE, **wanted, **position(after))
