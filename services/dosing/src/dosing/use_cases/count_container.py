"""Count a container without being told what the book says."""

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data
from dosing.domain.ledger import Container, EntryKind, Posting
from dosing.domain.quarantine import QuarantineReason
from dosing.domain.stock import Discrepancy, business_days_after
from dosing.store import containers, stock
from dosing.store.watch_timers import DISCREPANCY_NOTICE, DISCREPANCY_REPORT, schedule
from dosing.use_cases.quarantine_lot import QuarantineLot, quarantine_lot
from dosing.use_cases.watch_handling import watch_handling


@dataclass(frozen=True, slots=True, kw_only=True)
class CountContainer:
    """What somebody counted or measured. The count is blind: the request holds no book value."""

    container_id: UUID
    counted_mg: Decimal  # of base, 0 or more
    by: Caller


async def count_container(
    command: CountContainer, tx: Transaction
) -> tuple[Container, Discrepancy | None]:
    """Enter the count. One that differs opens a discrepancy, starts its clocks and puts the lot
    out of use.

    Raises ContainerNotFound (404).
    """
    container = await containers.find(tx, command.container_id)
    admit_site(command.by, container.site_id)
    # All of the lot at once, for a difference quarantines it: never one before another.
    await containers.lock_lot(tx, container.product, container.lot)
    container = await containers.lock(tx, command.container_id)
    by, count_id = command.by.subject, uuid7()
    book = container.balance_mg
    counted = container.enter(
        Posting(
            id=count_id,
            kind=EntryKind.COUNT,
            amount_mg=command.counted_mg,
            at=tx.now,
            actor=by,
        )
    )
    containers.save(tx, counted)
    if command.counted_mg == book:
        return replace(counted, entries=()), None
    found = _discrepancy(command, container, count_id, tx)
    stock.add_discrepancy(tx, found)
    schedule(tx, DISCREPANCY_NOTICE, found.id, found.notify_due_at)
    schedule(tx, DISCREPANCY_REPORT, found.id, found.report_due_at)
    await tx.flush()
    quarantine = QuarantineLot(
        product=container.product,
        lot=container.lot,
        reason=QuarantineReason.DISCREPANCY,
        by=command.by,
    )
    await quarantine_lot(quarantine, tx)
    await watch_handling(by, tx)
    return replace(counted, entries=()), found


def _discrepancy(
    command: CountContainer, container: Container, count_id: UUID, tx: Transaction
) -> Discrepancy:
    policy = data.loss_policy()
    return Discrepancy(
        id=uuid7(),
        site_id=container.site_id,
        container_id=container.id,
        count_id=count_id,
        book_mg=container.balance_mg,
        counted_mg=command.counted_mg,
        discovered_by=command.by.subject,
        discovered_at=tx.now,
        notify_due_at=business_days_after(tx.now, policy.notify_business_days),
        report_due_at=tx.now + policy.report_within,
    )
