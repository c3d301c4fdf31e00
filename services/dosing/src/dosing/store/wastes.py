"""Wastes that were asked for, at rest. One is witnessed once the ledger has its entry."""

from decimal import Decimal
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, exists, select

from dosing.domain.errors import WasteNotFound
from dosing.domain.waste import Waste, WasteReason
from dosing.store.drug_tables import ledger_entry, waste_request

_FIND = statement(select(waste_request).where(waste_request.c.id == bindparam("id")))
_PENDING = statement(
    select(waste_request.c.amount_mg).where(
        waste_request.c.draw_id == bindparam("draw_id"),
        ~exists().where(
            ledger_entry.c.kind == "waste", ledger_entry.c.reference_id == waste_request.c.id
        ),
    )
)


def add(tx: Transaction, asked: Waste) -> None:
    """Keep a waste that waits for its witness."""
    tx.insert(
        waste_request,
        id=asked.id,
        network_id=tx.network,
        container_id=asked.container_id,
        session_id=asked.session_id,
        draw_id=asked.draw_id,
        amount_mg=asked.amount_mg,
        reason=asked.reason.value,
        requested_by=asked.requested_by,
        requested_at=asked.requested_at,
    )


async def find(tx: Transaction, waste_id: UUID) -> Waste:
    """A waste. Raises WasteNotFound."""
    row = await tx.fetch_one(_FIND, id=waste_id)
    if row is None:
        raise WasteNotFound
    return Waste(
        id=row["id"],
        container_id=row["container_id"],
        session_id=row["session_id"],
        draw_id=row["draw_id"],
        amount_mg=row["amount_mg"],
        reason=WasteReason(row["reason"]),
        requested_by=row["requested_by"],
        requested_at=row["requested_at"],
    )


async def pending_mg(tx: Transaction, draw_id: UUID) -> Decimal:
    """How much of a draw waits for a witness."""
    rows = await tx.fetch(_PENDING, draw_id=draw_id)
    return sum((row["amount_mg"] for row in rows), Decimal(0))
