"""Who is on site, and how a site is set up, at rest. Rows are only ever added."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from dosing.domain.locale import Locale
from dosing.domain.session import Session
from dosing.store import records
from dosing.store.person_tables import site_presence, site_setting
from dosing.store.session_tables import session

_PRESENT = statement(
    select(site_presence.c.practitioner_id, site_presence.c.present)
    .where(
        site_presence.c.site_id == bindparam("site_id"),
        site_presence.c.recorded_at >= bindparam("since"),
    )
    .order_by(site_presence.c.recorded_at, site_presence.c.id)
)
_SETTING = statement(
    select(site_setting)
    .where(site_setting.c.site_id == bindparam("site_id"))
    .order_by(site_setting.c.set_at.desc(), site_setting.c.id.desc())
    .limit(1)
)
_ZONE = statement(
    select(session.c.site_zone)
    .where(session.c.site_id == bindparam("site_id"))
    .order_by(session.c.opened_at.desc(), session.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Somebody comes to a site, or leaves it, by their own word."""

    id: UUID
    site_id: UUID
    practitioner_id: UUID
    present: bool
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a site is set up from then on."""

    id: UUID
    site_id: UUID
    locale: Locale
    zone: str | None  # IANA name; None: as scheduling says it
    set_by: UUID
    set_at: datetime


def add_presence(tx: Transaction, one: Presence) -> None:
    """Keep it."""
    records.add(tx, site_presence, one)


async def present_at(tx: Transaction, at: Session) -> list[UUID]:
    """Who has come to the session's site on its local day and has not left it."""
    midnight = tx.now.astimezone(at.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = await tx.fetch(_PRESENT, site_id=at.site_id, since=midnight)
    newest = {row["practitioner_id"]: row["present"] for row in rows}
    return [who for who, present in newest.items() if present]


def add_setting(tx: Transaction, one: Setting) -> None:
    """Keep it."""
    records.add(tx, site_setting, one)


async def setting_of(tx: Transaction, site_id: UUID) -> Setting | None:
    """How a site is set up; None where nobody has said."""
    row = await tx.fetch_one(_SETTING, site_id=site_id)
    return None if row is None else records.read(Setting, row)


async def zone_of(tx: Transaction, site_id: UUID) -> str | None:
    """In which zone a site lies: as scheduling said at the newest check-in there; before any, as
    the site was set up. None where nobody has said."""
    row = await tx.fetch_one(_ZONE, site_id=site_id)
    if row is not None:
        return str(row["site_zone"])
    found = await setting_of(tx, site_id)
    return None if found is None else found.zone


async def locale_of(tx: Transaction, site_id: UUID) -> Locale:
    """Whose dose tables hold at a site."""
    found = await setting_of(tx, site_id)
    return Locale.US if found is None else found.locale
