"""Offer a slot that came free to whoever is next on the waitlist."""

from dataclasses import dataclass, replace

from kairos_chassis import timers
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling.data import booking_policy, visit_types
from scheduling.domain.claims import claims_of
from scheduling.domain.slot_hold import SlotHold
from scheduling.domain.visit import Visit
from scheduling.domain.waitlist import WaitlistEntry, WaitlistOffer
from scheduling.store import (
    clearances,
    holds,
    links,
    monitors,
    occupancy,
    policies,
    waitlists,
)

EXPIRY = "waitlist_offer.expiry"
_ASKED = 20  # entries looked at for one slot


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSlot:
    """The visit whose slot is free, as it was."""

    freed: Visit


async def offer_slot(command: OfferSlot, tx: Transaction) -> WaitlistOffer | None:
    """Hold it for the first who can have it, until the offer ends; None where nobody waits.

    Who is not cleared for it, or has no time then, keeps their place and is not asked.
    """
    freed = command.freed
    policy = (await policies.at(tx, freed.site_id)).waitlist
    if freed.starts_at < tx.now + policy.least_notice:
        return None
    kind = visit_types()[freed.visit_type]
    for waiting in await waitlists.next_for(
        tx, freed.visit_type, freed.site_id, freed.starts_at, limit=_ASKED
    ):
        survivor = await links.survivor_of(tx, waiting.patient_id)
        entry = waiting if survivor is None else replace(waiting, patient_id=survivor)
        if kind.route is not None:
            clearance = await clearances.share(tx, entry.patient_id)
            if clearance is None or clearance.refusals(kind.route, at=freed.starts_at):
                continue
        if (offer := await _offered(freed, entry, tx)) is not None:
            return offer
    return None


async def _offered(freed: Visit, entry: WaitlistEntry, tx: Transaction) -> WaitlistOffer | None:
    kind = visit_types()[freed.visit_type]
    house = await policies.at(tx, freed.site_id)
    first = kind.monitor is not None and house.booking.first_dose_one_to_one
    alone = first and not await monitors.has_dose_before(
        tx, entry.patient_id, before=freed.starts_at, visit_id=None
    )
    wish = freed.for_patient(entry.patient_id, visit_id=uuid7(), one_to_one=alone)
    held = SlotHold.of(wish, by=entry.id, at=tx.now, minutes=house.waitlist.offer_minutes)
    holds.add(tx, held)
    lanes = await monitors.limit(tx, booking_policy().patients_per_monitor)
    claims = claims_of(wish, kind, patients_per_monitor=lanes)
    if await occupancy.take(tx, claims, hold_id=held.id, expires_at=held.expires_at):
        await occupancy.release_hold(tx, held.id)  # they have another visit then, say
        await holds.end(tx, held.give_up())
        return None
    offer = WaitlistOffer(
        id=uuid7(),
        entry_id=entry.id,
        hold_id=held.id,
        patient_id=entry.patient_id,
        site_id=freed.site_id,
        starts_at=freed.starts_at,
        offered_at=tx.now,
        expires_at=held.expires_at,
    )
    waitlists.add_offer(tx, offer)
    await waitlists.save(tx, entry.offered())
    timers.schedule(tx, EXPIRY, offer.id, offer.expires_at, patient_id=offer.patient_id)
    return offer
