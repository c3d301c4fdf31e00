"""Weekly series, at rest."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from scheduling.domain.local_time import ClockChange
from scheduling.domain.rule_errors import SeriesNotFound
from scheduling.domain.visit_series import SeriesVisit, VisitSeries
from scheduling.store.tables import visit_series, visit_series_visit

_FIND = statement(select(visit_series).where(visit_series.c.id == bindparam("id")))
_VISITS = statement(
    select(visit_series_visit)
    .where(visit_series_visit.c.series_id == bindparam("id"))
    .order_by(visit_series_visit.c.number)
)


def add(tx: Transaction, booked: VisitSeries) -> None:
    """Keep a new series. Its visits must be in the database or queued before it."""
    tx.about(booked.patient_id)
    names = [name for name in VisitSeries.__slots__ if name != "visits"]
    values = {name: getattr(booked, name) for name in names}
    tx.insert(visit_series, network_id=tx.network, **values)
    for one in booked.visits:
        tx.insert(
            visit_series_visit,
            series_id=booked.id,
            number=one.number,
            network_id=tx.network,
            visit_id=one.visit_id,
            clock_change=one.clock_change,
        )


async def find(tx: Transaction, series_id: UUID) -> VisitSeries:
    """A series. Raises SeriesNotFound."""
    row = await tx.fetch_one(_FIND, id=series_id)
    if row is None:
        raise SeriesNotFound
    tx.about(row["patient_id"])
    values = {name: row[name] for name in VisitSeries.__slots__ if name != "visits"}
    visits = tuple(
        SeriesVisit(
            number=one["number"],
            visit_id=one["visit_id"],
            clock_change=ClockChange(one["clock_change"]),
        )
        for one in await tx.fetch(_VISITS, id=series_id)
    )
    return VisitSeries(**values, visits=visits)
