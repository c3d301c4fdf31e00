"""What falls due, turned into this service's own use cases."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.erasure import DUE as DUE_ERASURE
from kairos_chassis.erasure import Erasure
from kairos_chassis.timers import Due, Timers

from scheduling.data import reminder_policy
from scheduling.domain.practitioner import Role
from scheduling.domain.waitlist import OfferState
from scheduling.senders import Courier
from scheduling.store.last_care import last_care, places_of_care
from scheduling.use_cases.answer_offer import AnswerOffer, answer_offer
from scheduling.use_cases.end_hold import EndHold, end_hold
from scheduling.use_cases.erase_patient import erase_patient
from scheduling.use_cases.follow_credential import FollowCredential, follow_credential
from scheduling.use_cases.give_slot import FREED
from scheduling.use_cases.hold_slot import EXPIRY
from scheduling.use_cases.note_dose import DEADLINE
from scheduling.use_cases.offer_freed_slot import OfferFreedSlot, offer_freed_slot
from scheduling.use_cases.offer_slot import EXPIRY as OFFER_EXPIRY
from scheduling.use_cases.open_breach import OpenBreach, open_breach
from scheduling.use_cases.plan_reminders import PREFIX
from scheduling.use_cases.schedule_credential_watch import WATCH
from scheduling.use_cases.send_reminder import RETRY, SendReminder, send_reminder

timers = Timers("scheduling")
timers.on(DUE_ERASURE)(Erasure(last_care, erase_patient, places_of_care).on_due)
courier = Courier()


@timers.on(EXPIRY)
async def on_hold_expiry(due: Due, tx: Transaction) -> None:
    """Free a slot nobody booked. It counted as free from its instant on; this tidies up."""
    await end_hold(EndHold(hold_id=due.subject_id, expired=True), tx)


@timers.on(WATCH)
async def on_credential_watch(due: Due, tx: Transaction) -> None:
    """Alert about a credential, or let it lapse."""
    command = FollowCredential(
        credential_id=due.subject_id,
        practitioner_id=UUID(str(due.data["practitioner_id"])),
        days_left=int(due.data["days_left"]),
    )
    await follow_credential(command, tx)


@timers.on(DEADLINE)
async def on_integration_deadline(due: Due, tx: Transaction) -> None:
    """Integration that did not take place in time becomes a breach."""
    await open_breach(OpenBreach(session_id=due.subject_id), tx)


@timers.on(FREED)
async def on_slot_freed(due: Due, tx: Transaction) -> None:
    """Offer a slot that came free to whoever is next on the waitlist."""
    data = {name: str(value) for name, value in due.data.items()}
    command = OfferFreedSlot(
        visit_id=due.subject_id,
        site_id=UUID(data["site_id"]),
        room_id=UUID(data["room_id"]) if "room_id" in data else None,
        starts_at=datetime.fromisoformat(data["starts_at"]),
        staff={
            Role(name.removeprefix("staff.")): UUID(who)
            for name, who in data.items()
            if name.startswith("staff.")
        },
    )
    await offer_freed_slot(command, tx)


@timers.on(OFFER_EXPIRY)
async def on_offer_expiry(due: Due, tx: Transaction) -> None:
    """An offer nobody answered goes to the next in line."""
    await answer_offer(AnswerOffer(offer_id=due.subject_id, answer=OfferState.EXPIRED), tx)


async def _remind(visit_id: UUID, kind: str, tx: Transaction) -> None:
    letter = await send_reminder(SendReminder(visit_id=visit_id, kind=kind), tx)
    if letter is not None:
        tx.after_commit(lambda: courier.take(letter))


async def on_reminder(due: Due, tx: Transaction) -> None:
    """Remind a patient of a visit."""
    await _remind(due.subject_id, due.kind.removeprefix(PREFIX), tx)


for _kind in reminder_policy().hours_before:
    timers.on(PREFIX + _kind)(on_reminder)


@timers.on(RETRY)
async def on_reminder_retry(due: Due, tx: Transaction) -> None:
    """Nobody said that it went out: try again."""
    await _remind(UUID(str(due.data["visit_id"])), str(due.data["kind"]), tx)
