"""Where a lot is, and who got it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Text, bindparam, exists, func, or_, select

from dosing.store import records
from dosing.store.care_tables import infusion, infusion_event
from dosing.store.drug_tables import container, dose, ledger_entry
from dosing.store.session_tables import session

_OF_LOT = (
    container.c.product == bindparam("product", type_=Text),
    func.upper(container.c.lot) == func.upper(bindparam("lot", type_=Text)),
)
_CONTAINERS = statement(select(container.c.id).where(*_OF_LOT).order_by(container.c.id))
_INFUSING = statement(
    select(infusion.c.session_id)
    .join(ledger_entry, ledger_entry.c.id == infusion.c.draw_id)
    .join(container, container.c.id == ledger_entry.c.container_id)
    .where(
        *_OF_LOT,
        ~exists().where(
            infusion_event.c.infusion_id == infusion.c.id,
            or_(infusion_event.c.kind == "stop", infusion_event.c.kind == "complete"),
        ),
    )
    .order_by(infusion.c.session_id)
)
_TRACE = statement(
    select(
        dose.c.id.label("dose_id"),
        dose.c.patient_id,
        dose.c.session_id,
        session.c.site_id,
        container.c.id.label("container_id"),
        dose.c.amount_mg,
        dose.c.administered_at,
        dose.c.administered_by,
    )
    .join(ledger_entry, ledger_entry.c.id == dose.c.draw_id)
    .join(container, container.c.id == ledger_entry.c.container_id)
    .join(session, session.c.id == dose.c.session_id)
    .where(*_OF_LOT)
    .order_by(dose.c.administered_at, dose.c.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A dose from the lot."""

    dose_id: UUID
    patient_id: UUID
    session_id: UUID
    site_id: UUID
    container_id: UUID
    amount_mg: Decimal
    administered_at: datetime
    administered_by: UUID


def id_of(tx: Transaction, product: str, lot: str) -> UUID:
    """The opaque id of a product's lot in this network: however its letters are typed."""
    return uuid5(tx.network, f"{product} {lot.upper()}")


async def containers_of(tx: Transaction, product: str, lot: str) -> list[UUID]:
    """Every container of a lot, at any site."""
    rows = await tx.fetch(_CONTAINERS, product=product, lot=lot)
    return [row["id"] for row in rows]


async def infusing_from(tx: Transaction, product: str, lot: str) -> list[UUID]:
    """Sessions in which an infusion runs with drug of a lot."""
    rows = await tx.fetch(_INFUSING, product=product, lot=lot)
    return [row["session_id"] for row in rows]


async def trace(tx: Transaction, product: str, lot: str) -> list[Traced]:
    """Every dose that anybody got from a lot, in the whole network."""
    return [records.read(Traced, row) for row in await tx.fetch(_TRACE, product=product, lot=lot)]
