"""Reminders and where they go, at rest. Addresses stay in this table."""

from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement, statement
from sqlalchemy import bindparam, select

from scheduling.domain.reminder import Reminder, ReminderState
from scheduling.domain.resource_errors import ResourceNotFound
from scheduling.store.tables import reminder

_COLUMNS = tuple(Reminder.__slots__)
_OF_VISIT = statement(
    select(reminder)
    .where(reminder.c.visit_id == bindparam("visit_id"))
    .order_by(reminder.c.due_at, reminder.c.id)
)
_LOCK = statement(select(reminder).where(reminder.c.id == bindparam("id")).with_for_update())
_OF_KIND = statement(
    select(reminder)
    .where(reminder.c.visit_id == bindparam("visit_id"), reminder.c.kind == bindparam("kind"))
    .with_for_update()
)
_SAVE = Statement(
    f"INSERT INTO reminder (network_id, {', '.join(_COLUMNS)}) "  # noqa: S608 - our names
    f"VALUES ({', '.join(f'${n}' for n in range(1, len(_COLUMNS) + 2))}) "
    "ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "id"),
    ("network_id", *_COLUMNS),
    {},
)
# A record that has become part of another one keeps its own address; else the other one's serves.
_ADDRESS = Statement(
    "SELECT address, language FROM reminder_address WHERE patient_id = $1 OR patient_id = "
    "(SELECT surviving_patient_id FROM patient_link WHERE merged_patient_id = $1 "
    "AND parted_at IS NULL) ORDER BY patient_id = $1 DESC LIMIT 1",
    ("patient_id",),
    {},
    opened=("address",),
)
_SET_ADDRESS = Statement(
    "INSERT INTO reminder_address (network_id, patient_id, address, language, set_at) "
    "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (network_id, patient_id) DO UPDATE SET "
    "address = excluded.address, language = excluded.language, set_at = excluded.set_at",
    ("network_id", "patient_id", "address", "language", "at"),
    {},
    sealed=(2,),
)


async def of_visit(tx: Transaction, visit_id: UUID) -> list[Reminder]:
    """The reminders of a visit."""
    return [_reminder(row) for row in await tx.fetch(_OF_VISIT, visit_id=visit_id)]


async def of_kind(tx: Transaction, visit_id: UUID, kind: str) -> Reminder | None:
    """One reminder of a visit, kept from everybody else."""
    row = await tx.fetch_one(_OF_KIND, visit_id=visit_id, kind=kind)
    return None if row is None else _reminder(row)


async def lock(tx: Transaction, reminder_id: UUID) -> Reminder:
    """A reminder, kept from everybody else. Raises ResourceNotFound."""
    row = await tx.fetch_one(_LOCK, id=reminder_id)
    if row is None:
        raise ResourceNotFound
    return _reminder(row)


async def save(tx: Transaction, one: Reminder) -> None:
    """Keep it, new or changed."""
    values = {name: getattr(one, name) for name in _COLUMNS}
    await tx.execute(_SAVE, network_id=tx.network, **values)


async def address_of(tx: Transaction, patient_id: UUID) -> tuple[str, str] | None:
    """Where a patient wants reminders, and in which language; None for nowhere."""
    row = await tx.fetch_one(_ADDRESS, patient_id=patient_id)
    if row is None or row["address"] is None:
        return None
    return row["address"], row["language"]


async def set_address(
    tx: Transaction, patient_id: UUID, address: str | None, language: str
) -> None:
    """Keep it; None takes it away."""
    tx.about(patient_id)
    await tx.execute(
        _SET_ADDRESS,
        network_id=tx.network,
        patient_id=patient_id,
        address=address,
        language=language,
        at=tx.now,
    )


def _reminder(row: Record) -> Reminder:
    values = {name: row[name] for name in _COLUMNS}
    return Reminder(**{**values, "state": ReminderState(row["state"])})
