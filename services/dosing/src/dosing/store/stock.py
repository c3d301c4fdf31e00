"""Around the ledger: closed days, discrepancies, transfers, at rest. Rows are only added."""

from datetime import date
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from dosing.store.stock_tables import day_close

_CLOSED = statement(
    select(day_close.c.day).where(
        day_close.c.site_id == bindparam("site_id"), day_close.c.day == bindparam("day")
    )
)


async def day_closed(tx: Transaction, site_id: UUID, day: date) -> bool:
    """Whether a site's books are closed for a day."""
    return await tx.fetch_one(_CLOSED, site_id=site_id, day=day) is not None
