"""Take a container from another site of the network into the ledger."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing.domain.errors import SamePerson, WitnessDisagrees
from dosing.domain.ledger import Container, EntryKind, Posting
from dosing.domain.stock_errors import TransferReceived
from dosing.store import containers, stock
from dosing.store.watch_timers import TRANSFER_LATE, cancel


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveTransfer:
    """What arrived, as the one who receives it measured it."""

    transfer_id: UUID
    amount_mg: Decimal  # of base
    by: Caller


async def receive_transfer(command: ReceiveTransfer, tx: Transaction) -> Container:
    """Open its ledger at this site: both ends of a transfer name it.

    Raises TransferNotFound (404), TransferReceived, SamePerson, WitnessDisagrees (409).
    """
    sent = await stock.find_transfer(tx, command.transfer_id)
    admit_site(command.by, sent.to_site_id)
    source = await containers.lock(tx, sent.from_container_id)
    if (await stock.find_transfer(tx, command.transfer_id)).to_container_id is not None:
        raise TransferReceived
    if command.by.subject == sent.sent_by:
        raise SamePerson
    if command.amount_mg != sent.amount_mg:
        raise WitnessDisagrees
    empty = Container(
        id=uuid7(),
        site_id=sent.to_site_id,
        product=source.product,
        lot=source.lot,
        expires_on=source.expires_on,
    )
    received = empty.enter(
        Posting(
            id=uuid7(),
            kind=EntryKind.TRANSFER_IN,
            amount_mg=sent.amount_mg,
            at=tx.now,
            actor=command.by.subject,
            reference_id=sent.id,
        )
    )
    containers.add(tx, received)
    stock.receive_transfer(tx, sent.id, received.id, command.by.subject)
    cancel(tx, TRANSFER_LATE, sent.id)
    return received
