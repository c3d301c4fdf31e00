"""What is missing from the books of a site, with what was done about it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from dosing.domain.stock import Discrepancy, StepKind
from dosing.store import records, stock
from dosing.store.drug_tables import container
from dosing.store.stock_tables import discrepancy

_LOSSES = statement(
    select(discrepancy, container.c.product, container.c.lot)
    .join(container, container.c.id == discrepancy.c.container_id)
    .where(
        discrepancy.c.site_id == bindparam("site_id"),
        discrepancy.c.counted_mg < discrepancy.c.book_mg,
    )
    .order_by(discrepancy.c.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Drug that is missing and was not explained, and what was done about it."""

    discrepancy: Discrepancy
    product: str
    lot: str
    reason: str | None  # why it was written off
    lost_at: datetime | None  # None: nobody has settled it
    notified_at: datetime | None
    reported_at: datetime | None

    @property
    def missing_mg(self) -> Decimal:
        """How much, in milligrams of base."""
        return self.discrepancy.book_mg - self.discrepancy.counted_mg


async def of_site(tx: Transaction, site_id: UUID) -> list[Loss]:
    """Everything that is missing at a site and was not explained, oldest first."""
    found = []
    for row in await tx.fetch(_LOSSES, site_id=site_id):
        steps = {one.kind: one for one in await stock.steps_of(tx, row["id"])}
        if StepKind.EXPLAINED in steps:
            continue
        lost, told, filed = (
            steps.get(kind) for kind in (StepKind.LOSS, StepKind.NOTIFIED, StepKind.REPORTED)
        )
        one = Loss(
            discrepancy=records.read(Discrepancy, row),
            product=row["product"],
            lot=row["lot"],
            reason=None if lost is None else lost.reason,
            lost_at=None if lost is None else lost.done_at,
            notified_at=None if told is None else told.done_at,
            reported_at=None if filed is None else filed.done_at,
        )
        found.append(one)
    return found
