"""Call a visit off, for a coded reason."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from scheduling import publish
from scheduling.data import booking_policy
from scheduling.domain.visit import Visit
from scheduling.store import policies, replans, visit_changes, visits
from scheduling.use_cases.free_slot import free_slot


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelVisit:
    """A visit that will not take place."""

    visit_id: UUID
    version: int  # as the caller has read it
    reason: str
    by: UUID | None  # None where the platform itself decides


async def cancel_visit(command: CancelVisit, tx: Transaction) -> Visit:
    """End the visit, free its slot and announce it: all or nothing.

    Raises UnknownReason (422), VisitNotFound (404), StaleVersion (412), VisitNotOpen, VisitEnded
    (409).
    """
    booking_policy().check_cancel_reason(command.reason)
    visit = await visits.lock_among(tx, command.visit_id)
    if visit.version != command.version:
        raise StaleVersion
    cancelled = visit.cancel(command.reason, at=tx.now)
    await visit_changes.save_moved(tx, cancelled)
    visit_changes.add_change(
        tx, visit, cancelled, change="cancelled", reason=command.reason, by=command.by
    )
    house = await policies.at(tx, visit.site_id)
    late = house.booking.is_late(starts_at=visit.starts_at, at=tx.now)
    await outbox.append(tx, publish.visit_cancelled(cancelled, late=late))
    await free_slot(visit, tx)
    await replans.resolve(tx, visit.id, "cancelled", by=command.by)
    return cancelled
