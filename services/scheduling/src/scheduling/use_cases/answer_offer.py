"""Accept or decline an offer of the waitlist, or let it run out."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import timers
from kairos_chassis.db import Transaction

from scheduling.data import visit_types
from scheduling.domain.slot_hold import SlotHold
from scheduling.domain.visit import Visit
from scheduling.domain.waitlist import OfferState
from scheduling.store import waitlists
from scheduling.use_cases.book_hold import BookHold, book_hold
from scheduling.use_cases.end_hold import EndHold, end_hold
from scheduling.use_cases.offer_slot import EXPIRY, OfferSlot, offer_slot


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOffer:
    """What the patient said, or that time ran out."""

    offer_id: UUID
    answer: OfferState


async def answer_offer(command: AnswerOffer, tx: Transaction) -> Visit | None:
    """Book the held slot, or give it to the next in line. Returns the visit of an accepted offer.

    Raises OfferNotFound (404), OfferOver (409), and what `book_hold` raises.
    """
    seen = await waitlists.lock_offer(tx, command.offer_id)
    answered = seen.answer(command.answer, at=tx.now)
    await waitlists.save_offer(tx, answered)
    entry = await waitlists.lock(tx, seen.entry_id)
    if command.answer is not OfferState.EXPIRED:
        timers.cancel(tx, EXPIRY, seen.id)
    if command.answer is OfferState.ACCEPTED:
        visit = await book_hold(BookHold(hold_id=seen.hold_id), tx)
        await waitlists.save(tx, entry.booked())
        return visit
    expired = command.answer is OfferState.EXPIRED
    held = await end_hold(EndHold(hold_id=seen.hold_id, expired=expired), tx)
    await waitlists.save(tx, entry.back())
    await offer_slot(OfferSlot(freed=_visit_of(held)), tx)
    return None


def _visit_of(held: SlotHold) -> Visit:
    """The slot as a visit of nobody yet."""
    kind = visit_types()[held.visit_type]
    return Visit(
        id=held.id,
        patient_id=held.patient_id,
        site_id=held.site_id,
        room_id=held.room_id,
        visit_type=kind.code,
        visit_type_version=kind.version,
        route=kind.route,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        local_on=held.starts_at.date(),
        staff=held.staff,
        booked_at=held.held_at,
        equipment_ids=held.equipment_ids,
    )
