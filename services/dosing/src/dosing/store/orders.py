"""Orders, at rest."""

from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select, update

from dosing.domain.errors import OrderActive, OrderNotFound
from dosing.domain.order import Order, Unit
from dosing.domain.order_facts import Weight
from dosing.store.session_tables import dose_order

_BY_ID = select(dose_order).where(dose_order.c.id == bindparam("id"))
_FIND = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update(key_share=True))
_LATEST = statement(
    select(dose_order)
    .where(dose_order.c.session_id == bindparam("session_id"))
    .order_by(dose_order.c.cancelled_at.desc().nulls_first())
    .limit(1)
)
_CANCEL = statement(
    update(dose_order)
    .where(dose_order.c.id == bindparam("of"), dose_order.c.version == bindparam("seen"))
    .values(
        cancelled_by=bindparam("cancelled_by"),
        cancelled_at=bindparam("cancelled_at"),
        version=bindparam("next"),
    )
)


async def find(tx: Transaction, order_id: UUID) -> Order:
    """An order. Raises OrderNotFound."""
    return _one(tx, await tx.fetch_one(_FIND, id=order_id))


async def lock(tx: Transaction, order_id: UUID) -> Order:
    """An order, kept from everybody else until the commit. Raises OrderNotFound."""
    return _one(tx, await tx.fetch_one(_LOCK, id=order_id))


async def latest_of(tx: Transaction, session_id: UUID) -> Order | None:
    """The active order of a session, else the one cancelled last."""
    row = await tx.fetch_one(_LATEST, session_id=session_id)
    return None if row is None else _order(row)


def add(tx: Transaction, placed: Order) -> None:
    """Keep a new order. Raises OrderActive at the flush if the session has one."""
    tx.refuse_on("dose_order_active", OrderActive())
    tx.insert(
        dose_order,
        id=placed.id,
        network_id=tx.network,
        session_id=placed.session_id,
        patient_id=placed.patient_id,
        route=placed.route,
        product=placed.product,
        ordered_value=placed.value,
        ordered_unit=placed.unit.value,
        weight_kg=placed.weight.kg,
        weight_measured_at=placed.weight.measured_at,
        amount_mg=placed.mg,
        amount_mg_per_kg=placed.mg_per_kg,
        volume_ml=placed.ml,
        units=placed.units,
        infusion_minutes=placed.infusion_minutes,
        iv_equivalent_mg_per_kg=placed.iv_equivalent_mg_per_kg,
        soft_stops=list(placed.soft_stops),
        soft_stop_reason=placed.soft_stop_reason,
        prescribed_by=placed.prescribed_by,
        ordered_at=placed.ordered_at,
        version=placed.version,
    )


def save_cancelled(tx: Transaction, cancelled: Order) -> None:
    """Keep the end of an order. Raises StaleVersion at the flush if somebody was faster."""
    tx.write(
        _CANCEL,
        otherwise=StaleVersion(),
        of=cancelled.id,
        seen=cancelled.version - 1,
        next=cancelled.version,
        cancelled_by=cancelled.cancelled_by,
        cancelled_at=cancelled.cancelled_at,
    )


def _one(tx: Transaction, row: Record | None) -> Order:
    if row is None:
        raise OrderNotFound
    tx.about(row["patient_id"])
    return _order(row)


def _order(row: Record) -> Order:
    return Order(
        id=row["id"],
        session_id=row["session_id"],
        patient_id=row["patient_id"],
        route=row["route"],
        product=row["product"],
        value=row["ordered_value"],
        unit=Unit(row["ordered_unit"]),
        weight=Weight(kg=row["weight_kg"], measured_at=row["weight_measured_at"]),
        mg=row["amount_mg"],
        mg_per_kg=row["amount_mg_per_kg"],
        ml=row["volume_ml"],
        units=row["units"],
        infusion_minutes=row["infusion_minutes"],
        iv_equivalent_mg_per_kg=row["iv_equivalent_mg_per_kg"],
        soft_stops=tuple(row["soft_stops"]),
        soft_stop_reason=row["soft_stop_reason"],
        prescribed_by=row["prescribed_by"],
        ordered_at=row["ordered_at"],
        cancelled_by=row["cancelled_by"],
        cancelled_at=row["cancelled_at"],
        version=row["version"],
    )
