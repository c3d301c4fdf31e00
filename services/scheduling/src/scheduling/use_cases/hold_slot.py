"""Keep a slot for somebody who is about to book it."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import timers
from kairos_chassis.db import Transaction

from scheduling.data import visit_types
from scheduling.domain.claims import claims_of, refusal_of
from scheduling.domain.slot_hold import SlotHold
from scheduling.store import holds, monitors, occupancy, policies
from scheduling.use_cases.admit_visit import AdmitVisit, admit_visit

EXPIRY = "slot_hold.expiry"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSlot:
    """The visit that is to be booked, and for how long its slot is kept."""

    visit: AdmitVisit
    minutes: int | None  # None for the policy's default
    by: UUID


async def hold_slot(command: HoldSlot, tx: Transaction) -> SlotHold:
    """Block everybody and everything the visit needs until the hold ends.

    Raises what `admit_visit` raises, SlotTaken, TooSoonAfterDose (409).
    """
    visit = await admit_visit(command.visit, tx)
    policy = (await policies.at(tx, visit.site_id)).booking
    minutes = min(command.minutes or policy.hold_minutes, policy.hold_most_minutes)
    held = SlotHold.of(visit, by=command.by, at=tx.now, minutes=minutes)
    holds.add(tx, held)
    kind, lanes = visit_types()[visit.visit_type], 1
    if kind.monitor is not None and not visit.one_to_one:
        lanes = await monitors.limit(tx, policy.patients_per_monitor)
    claims = claims_of(visit, kind, patients_per_monitor=lanes)
    taken = await occupancy.take(tx, claims, hold_id=held.id, expires_at=held.expires_at)
    if taken:
        raise refusal_of(visit, taken)
    timers.schedule(tx, EXPIRY, held.id, held.expires_at, patient_id=held.patient_id)
    return held
