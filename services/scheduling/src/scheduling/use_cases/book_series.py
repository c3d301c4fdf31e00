"""Book a visit every week or every few weeks, at the same local time: all of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling import publish
from scheduling.data.time_zones import tzdata_version
from scheduling.domain.local_time import Resolved
from scheduling.domain.rule_errors import SeriesSlotTaken
from scheduling.domain.site import Site
from scheduling.domain.visit import Visit
from scheduling.domain.visit_series import SeriesVisit, VisitSeries, clock_of, starts_of
from scheduling.store import sites, visit_series, visits
from scheduling.use_cases.admit_visit import AdmitVisit, admit_visit
from scheduling.use_cases.occupy_slots import occupy_slots
from scheduling.use_cases.plan_reminders import plan_reminders


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSeries:
    """The first visit, and how often it comes again."""

    first: AdmitVisit
    every_weeks: int
    count: int
    by: UUID


async def book_series(command: BookSeries, tx: Transaction) -> tuple[VisitSeries, list[Visit]]:
    """Check, keep, occupy and announce every visit: all or nothing.

    A local time that a change of the clocks skips is moved on by the gap, one that comes twice is
    the first: the series says where that happened. Raises SeriesSlotTaken (409), and what
    `admit_visit` raises.
    """
    first = command.first
    site = await sites.share(tx, first.site_id)
    starts = starts_of(
        first.starts_at, site.zone, every_weeks=command.every_weeks, count=command.count
    )
    booked: list[Visit] = []
    for start in starts:
        wanted = replace(first, visit_id=uuid7(), starts_at=start.instant)
        visit = await admit_visit(wanted, tx)
        visits.add(tx, visit)  # the next one must know whether it follows a dose
        await tx.flush()
        booked.append(visit)
    if lost := await occupy_slots(booked, tx):
        raise SeriesSlotTaken([n for n, one in enumerate(booked, 1) if one.id in lost])
    series = _series(command, site, starts, booked, tx)
    visit_series.add(tx, series)
    for visit in booked:
        await outbox.append(tx, publish.visit_booked(visit))
        await plan_reminders(visit, tx)
    return series, booked


def _series(
    command: BookSeries,
    site: Site,
    starts: Sequence[Resolved],
    booked: Sequence[Visit],
    tx: Transaction,
) -> VisitSeries:
    first_on, clock = clock_of(command.first.starts_at, site.zone)
    return VisitSeries(
        id=uuid7(),
        patient_id=command.first.patient_id,
        site_id=site.id,
        visit_type=command.first.visit_type,
        zone=site.zone,
        first_on=first_on,
        clock=clock,
        every_weeks=command.every_weeks,
        tzdata_version=tzdata_version(),
        booked_by=command.by,
        booked_at=tx.now,
        visits=tuple(
            SeriesVisit(number=n, visit_id=visit.id, clock_change=start.change)
            for n, (start, visit) in enumerate(zip(starts, booked, strict=True), 1)
        ),
    )
