"""Close a site's books for a day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site

from dosing.domain.errors import ImpossibleTime
from dosing.domain.stock_errors import DayClosed, DayNotClosable, ZoneDiffers, ZoneUnknown
from dosing.store import site_books, sites, stock
from dosing.use_cases.seal_ledgers import seal_ledgers


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDay:
    """The site's own calendar day."""

    site_id: UUID
    day: date
    zone_said: str | None  # where the caller takes the site to lie; it decides nothing
    by: Caller


async def close_day(command: CloseDay, tx: Transaction) -> None:
    """Close it: nothing is drawn at the site that day any more, and all ledgers are sealed.

    Raises ZoneUnknown, ZoneDiffers, DayClosed, DayNotClosable naming what is in the way (409),
    ImpossibleTime (422).
    """
    admit_site(command.by, command.site_id)
    zone = await _zone(command, tx)
    if command.day > tx.now.astimezone(zone).date():
        raise ImpossibleTime
    if await stock.day_closed(tx, command.site_id, command.day):
        raise DayClosed
    in_the_way = []
    if await stock.discrepancies(tx, [command.site_id], open_only=True):
        in_the_way.append("discrepancy_open")
    if await site_books.held_at(tx, command.site_id):
        in_the_way.append("draw_unreconciled")
    uncounted = await site_books.uncounted_since(tx, command.site_id, command.day, zone)
    if uncounted:
        in_the_way.append("container_not_counted")
    if in_the_way:
        raise DayNotClosable(in_the_way)
    stock.close_day(tx, command.site_id, command.day, command.by.subject)
    await seal_ledgers(tx)


async def _zone(command: CloseDay, tx: Transaction) -> ZoneInfo:
    """The site's own zone: which day it is there is nothing that a caller says."""
    known = await sites.zone_of(tx, command.site_id)
    if known is None:
        raise ZoneUnknown
    if command.zone_said not in (None, known):
        raise ZoneDiffers
    return ZoneInfo(known)
