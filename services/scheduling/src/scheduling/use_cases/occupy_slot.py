"""Occupy everybody and everything an admitted visit needs."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.data import booking_policy, visit_types
from scheduling.domain.claims import Claim, claims_of, refusal_of
from scheduling.domain.visit import Visit
from scheduling.store import monitors, occupancy, policies


@dataclass(frozen=True, slots=True, kw_only=True)
class Overbooking:
    """Somebody's decision to put a visit over what is taken."""

    reason: str  # a code of the policy
    by: UUID


async def occupy_slot(
    visit: Visit, tx: Transaction, *, overbooking: Overbooking | None = None
) -> None:
    """Take all of it for a visit that is in the database, or nothing.

    Raises SlotTaken, TooSoonAfterDose, OverbookingRefused (409): the transaction is then of no use.
    """
    kind, lanes = visit_types()[visit.visit_type], 1
    if kind.monitor is not None and not visit.one_to_one:
        lanes = await monitors.limit(tx, booking_policy().patients_per_monitor)
    claims = claims_of(visit, kind, patients_per_monitor=lanes)
    taken = await occupancy.take(tx, claims, visit_id=visit.id)
    if not taken:
        return
    if overbooking is None:
        raise refusal_of(visit, taken)
    await _overbook(visit, taken, overbooking, tx)


async def _overbook(
    visit: Visit, taken: list[Claim], overbooking: Overbooking, tx: Transaction
) -> None:
    kinds = frozenset(one.kind for one in taken)
    policy = (await policies.at(tx, visit.site_id)).booking
    policy.check_overbooking(visit.visit_type, overbooking.reason, kinds)
    await occupancy.overbook(tx, visit.id, taken, reason=overbooking.reason, by=overbooking.by)
