"""Take a container of a controlled substance into the ledger."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data
from dosing.domain.errors import NotOfProduct
from dosing.domain.ledger import Container, EntryKind, Posting
from dosing.store import containers


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveContainer:
    """A full container as delivered."""

    site_id: UUID
    product: str
    lot: str
    expires_on: date
    amount_mg: Decimal  # of base
    by: Caller


async def receive_container(command: ReceiveContainer, tx: Transaction) -> Container:
    """Open the container's ledger with what it holds.

    Raises UnknownProduct, NotOfProduct (422).
    """
    admit_site(command.by, command.site_id)
    if command.amount_mg != data.product(command.product).container_mg:
        raise NotOfProduct
    empty = Container(
        id=uuid7(),
        site_id=command.site_id,
        product=command.product,
        lot=command.lot,
        expires_on=command.expires_on,
    )
    received = empty.enter(
        Posting(
            id=uuid7(),
            kind=EntryKind.RECEIVE,
            amount_mg=command.amount_mg,
            at=tx.now,
            actor=command.by.subject,
        )
    )
    containers.add(tx, received)
    return received
