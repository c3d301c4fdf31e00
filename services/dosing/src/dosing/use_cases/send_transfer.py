"""Send a container to another site of the network."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data
from dosing.domain.errors import AmountNotHeld
from dosing.domain.ledger import EntryKind, Ownership, Posting, held
from dosing.domain.stock import Transfer
from dosing.domain.stock_errors import ContainerInUse, LotQuarantined, NotTransferable
from dosing.store import containers, quarantines, stock
from dosing.store.watch_timers import TRANSFER_LATE, after


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTransfer:
    """All that the container holds leaves with it."""

    container_id: UUID
    to_site_id: UUID
    by: Caller


async def send_transfer(command: SendTransfer, tx: Transaction) -> Transfer:
    """Enter it as sent; it alarms when it has not arrived after a day.

    Raises ContainerNotFound (404), NotTransferable, LotQuarantined, ContainerInUse, AmountNotHeld
    (409).
    """
    container = await containers.lock(tx, command.container_id)
    admit_site(command.by, container.site_id)
    if container.ownership is not Ownership.CLINIC_STOCK:
        raise NotTransferable
    if await quarantines.stands(tx, container.product, container.lot):
        raise LotQuarantined
    if held(await containers.entries_of(tx, container.id)) != 0:
        raise ContainerInUse
    if container.balance_mg == 0 or container.site_id == command.to_site_id:
        raise AmountNotHeld
    sent = Transfer(
        id=uuid7(),
        from_container_id=container.id,
        from_site_id=container.site_id,
        to_site_id=command.to_site_id,
        amount_mg=container.balance_mg,
        sent_by=command.by.subject,
        sent_at=tx.now,
    )
    posting = Posting(
        id=uuid7(),
        kind=EntryKind.TRANSFER_OUT,
        amount_mg=sent.amount_mg,
        at=tx.now,
        actor=sent.sent_by,
        reference_id=sent.id,
    )
    containers.save(tx, container.enter(posting))
    stock.add_transfer(tx, sent)
    after(tx, TRANSFER_LATE, sent.id, data.loss_policy().in_transit_max)
    return sent
