"""Say when a site is open, or when a practitioner is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.domain.local_time import start_of_day
from scheduling.domain.opening import WeeklyHours
from scheduling.domain.resource_errors import HoursOrder
from scheduling.store import openings, practitioners, sites
from scheduling.use_cases.replan_hours import ReplanHours, replan_hours
from scheduling.use_cases.replan_visits import Replanned


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursOfDay:
    """Hours of one weekday, in the site's local time."""

    weekday: int  # 1 is Monday
    opens_at: time
    closes_at: time


@dataclass(frozen=True, slots=True, kw_only=True)
class SetHours:
    """The week from a day on; it takes the place of what was said before."""

    site_id: UUID
    practitioner_id: UUID | None  # None for the site itself
    valid_from: date
    valid_until: date | None
    week: Sequence[HoursOfDay]


async def set_hours(command: SetHours, tx: Transaction) -> tuple[list[WeeklyHours], Replanned]:
    """Keep the week, and see to the visits that no longer fall into it.

    Raises SiteNotFound, PractitionerNotFound (404), HoursOrder (422).
    """
    if any(day.closes_at <= day.opens_at for day in command.week):
        raise HoursOrder
    if command.valid_until is not None and command.valid_until < command.valid_from:
        raise HoursOrder
    if command.practitioner_id is not None:
        await practitioners.lock(tx, command.practitioner_id)
    site = await sites.lock(tx, command.site_id)
    week = [
        WeeklyHours(
            site_id=site.id,
            practitioner_id=command.practitioner_id,
            weekday=day.weekday,
            opens_at=day.opens_at,
            closes_at=day.closes_at,
            valid_from=command.valid_from,
            valid_until=command.valid_until,
        )
        for day in command.week
    ]
    since = command.valid_from
    await openings.replace_hours(tx, site.id, command.practitioner_id, since=since, weekly=week)
    changed = ReplanHours(
        site_id=site.id,
        practitioner_id=command.practitioner_id,
        since=start_of_day(since, site.zone),
    )
    return week, await replan_hours(changed, tx)
