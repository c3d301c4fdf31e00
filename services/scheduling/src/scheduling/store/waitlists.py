"""The waitlist and its offers, at rest."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement, statement
from sqlalchemy import Integer, Uuid, any_, bindparam, or_, select, update

from scheduling.domain.plan_errors import EntryNotFound, OfferNotFound
from scheduling.domain.waitlist import EntryState, OfferState, WaitlistEntry, WaitlistOffer
from scheduling.store.tables import waitlist_entry, waitlist_offer

_ENTRY = statement(
    select(waitlist_entry).where(waitlist_entry.c.id == bindparam("id")).with_for_update()
)
_OFFER = statement(
    select(waitlist_offer).where(waitlist_offer.c.id == bindparam("id")).with_for_update()
)
_SAVE_ENTRY = statement(
    update(waitlist_entry)
    .where(waitlist_entry.c.id == bindparam("of"))
    .values(state=bindparam("state"), passed_over=bindparam("passed", type_=Integer))
)
_SAVE_OFFER = statement(
    update(waitlist_offer)
    .where(waitlist_offer.c.id == bindparam("of"))
    .values(state=bindparam("state"))
)
# Fair order: urgent ones first, then who joined first; an entry that somebody else is just looking
# at is left to them. Who was offered this very slot before is not asked again.
_NEXT = Statement(
    """
    SELECT * FROM waitlist_entry e
    WHERE state = 'waiting' AND visit_type = $1 AND $2::uuid = ANY(site_ids)
      AND earliest_at <= $3 AND latest_at >= $3 AND NOT EXISTS (SELECT FROM waitlist_offer o
        WHERE o.entry_id = e.id AND o.site_id = $2::uuid AND o.starts_at = $3)
    ORDER BY urgent DESC, joined_at, id LIMIT $4::bigint FOR UPDATE SKIP LOCKED
    """,
    ("visit_type", "site_id", "starts_at", "limit"),
    {},
)
_state = bindparam("site_id", type_=Uuid)
_PAGE = statement(
    select(waitlist_entry)
    .where(
        or_(waitlist_entry.c.state == "waiting", waitlist_entry.c.state == "offered"),
        or_(_state.is_(None), _state == any_(waitlist_entry.c.site_ids)),
    )
    .order_by(waitlist_entry.c.urgent.desc(), waitlist_entry.c.joined_at, waitlist_entry.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_OFFERS = statement(
    select(waitlist_offer)
    .where(waitlist_offer.c.entry_id == bindparam("entry_id"))
    .order_by(waitlist_offer.c.offered_at)
)


def add(tx: Transaction, joined: WaitlistEntry) -> None:
    """Keep a new entry."""
    tx.about(joined.patient_id)
    values = {name: getattr(joined, name) for name in WaitlistEntry.__slots__}
    tx.insert(
        waitlist_entry, network_id=tx.network, **{**values, "site_ids": list(joined.site_ids)}
    )


def add_offer(tx: Transaction, made: WaitlistOffer) -> None:
    """Keep a new offer."""
    values = {name: getattr(made, name) for name in WaitlistOffer.__slots__}
    tx.insert(waitlist_offer, network_id=tx.network, **values)


async def lock(tx: Transaction, entry_id: UUID) -> WaitlistEntry:
    """An entry, kept from everybody else. Raises EntryNotFound."""
    row = await tx.fetch_one(_ENTRY, id=entry_id)
    if row is None:
        raise EntryNotFound
    tx.about(row["patient_id"])
    return _entry(row)


async def lock_offer(tx: Transaction, offer_id: UUID) -> WaitlistOffer:
    """An offer, kept from everybody else. Raises OfferNotFound."""
    row = await tx.fetch_one(_OFFER, id=offer_id)
    if row is None:
        raise OfferNotFound
    tx.about(row["patient_id"])
    return _offer(row)


async def next_for(
    tx: Transaction, visit_type: str, site_id: UUID, starts_at: datetime, *, limit: int
) -> list[WaitlistEntry]:
    """Who is next for a slot, in fair order."""
    rows = await tx.fetch(
        _NEXT, visit_type=visit_type, site_id=site_id, starts_at=starts_at, limit=limit
    )
    return [_entry(row) for row in rows]


async def save(tx: Transaction, entry: WaitlistEntry) -> None:
    """Keep where an entry stands."""
    await tx.execute(_SAVE_ENTRY, of=entry.id, state=entry.state, passed=entry.passed_over)


async def save_offer(tx: Transaction, offer: WaitlistOffer) -> None:
    """Keep what became of an offer."""
    await tx.execute(_SAVE_OFFER, of=offer.id, state=offer.state)


async def page(tx: Transaction, *, site_id: UUID | None, limit: int) -> list[WaitlistEntry]:
    """Who waits, in fair order."""
    return [_entry(row) for row in await tx.fetch(_PAGE, site_id=site_id, limit=limit)]


async def offers_of(tx: Transaction, entry_id: UUID) -> list[WaitlistOffer]:
    """What an entry was offered."""
    return [_offer(row) for row in await tx.fetch(_OFFERS, entry_id=entry_id)]


def _entry(row: Record) -> WaitlistEntry:
    values = {name: row[name] for name in WaitlistEntry.__slots__}
    values |= {"state": EntryState(row["state"]), "site_ids": tuple(row["site_ids"])}
    return WaitlistEntry(**values)


def _offer(row: Record) -> WaitlistOffer:
    values = {name: row[name] for name in WaitlistOffer.__slots__}
    return WaitlistOffer(**{**values, "state": OfferState(row["state"])})
