"""Slots that are kept for a while, at rest."""

from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select, update

from scheduling.domain.change_errors import HoldNotFound
from scheduling.domain.practitioner import Role
from scheduling.domain.slot_hold import HoldState, SlotHold
from scheduling.store.tables import slot_hold

_by_id = select(slot_hold).where(slot_hold.c.id == bindparam("id"))
_FIND = statement(_by_id)
_LOCK = statement(_by_id.with_for_update())
_END = statement(
    update(slot_hold).where(slot_hold.c.id == bindparam("of")).values(state=bindparam("state"))
)


def add(tx: Transaction, held: SlotHold) -> None:
    """Keep a new hold."""
    tx.about(held.patient_id)
    values = {name: getattr(held, name) for name in SlotHold.__slots__}
    values["equipment_ids"] = list(held.equipment_ids)
    values["staff"] = {role.value: str(person) for role, person in held.staff.items()}
    tx.insert(slot_hold, network_id=tx.network, **values)


async def find(tx: Transaction, hold_id: UUID) -> SlotHold:
    """A hold. Raises HoldNotFound."""
    return _hold(tx, await tx.fetch_one(_FIND, id=hold_id))


async def lock(tx: Transaction, hold_id: UUID) -> SlotHold:
    """A hold, kept from everybody else until the commit. Raises HoldNotFound."""
    return _hold(tx, await tx.fetch_one(_LOCK, id=hold_id))


async def end(tx: Transaction, ended: SlotHold) -> None:
    """Keep what became of a hold."""
    await tx.execute(_END, of=ended.id, state=ended.state)


def _hold(tx: Transaction, row: Record | None) -> SlotHold:
    if row is None:
        raise HoldNotFound
    tx.about(row["patient_id"])
    values = {name: row[name] for name in SlotHold.__slots__}
    values["state"] = HoldState(row["state"])
    values["equipment_ids"] = tuple(row["equipment_ids"])
    values["staff"] = {Role(role): UUID(person) for role, person in sorted(row["staff"].items())}
    return SlotHold(**values)
