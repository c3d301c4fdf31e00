"""Ask for stock to be destroyed; it counts once two employees have seen it (Form 41)."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing.domain.errors import AmountNotHeld
from dosing.domain.order import check_decimals
from dosing.domain.stock import Destruction
from dosing.store import containers, stock


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDestruction:
    """Unused or expired stock, not the residue of a dose."""

    container_id: UUID
    amount_mg: Decimal  # of base, > 0, at most 3 decimals
    method: str  # a code
    by: Caller


async def ask_destruction(command: AskDestruction, tx: Transaction) -> Destruction:
    """Keep it, waiting for its witnesses.

    Raises ContainerNotFound (404), AmountNotHeld (409), ImpossibleAmount (422).
    """
    check_decimals(command.amount_mg)
    container = await containers.lock(tx, command.container_id)
    admit_site(command.by, container.site_id)
    if command.amount_mg > container.balance_mg:
        raise AmountNotHeld
    asked = Destruction(
        id=uuid7(),
        container_id=container.id,
        amount_mg=command.amount_mg,
        method=command.method,
        asked_by=command.by.subject,
        asked_at=tx.now,
    )
    stock.add_destruction(tx, asked)
    return asked
