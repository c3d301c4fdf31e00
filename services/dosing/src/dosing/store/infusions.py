"""Infusions, at rest. Rows are only ever added."""

from dataclasses import fields
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from dosing.domain.infusion import Infusion, InfusionEvent
from dosing.domain.infusion_errors import InfusionNotFound
from dosing.store import records
from dosing.store.care_tables import infusion, infusion_event

_FIND = statement(select(infusion).where(infusion.c.id == bindparam("id")))
_OF_SESSION = statement(
    select(infusion).where(infusion.c.session_id == bindparam("session_id")).order_by(infusion.c.id)
)
_EVENTS = statement(
    select(infusion_event)
    .where(infusion_event.c.infusion_id == bindparam("infusion_id"))
    .order_by(infusion_event.c.seq)
)
_REPEATED = statement(select(infusion.c.id).where(infusion.c.command_id == bindparam("command_id")))
_COLUMNS = [one.name for one in fields(Infusion) if one.name != "events"]


async def find(tx: Transaction, infusion_id: UUID) -> Infusion:
    """An infusion with its record. Lock its session first. Raises InfusionNotFound."""
    row = await tx.fetch_one(_FIND, id=infusion_id)
    if row is None:
        raise InfusionNotFound
    tx.about(row["patient_id"])
    return await _infusion(tx, row)


async def of_session(tx: Transaction, session_id: UUID) -> list[Infusion]:
    """The infusions of a session, oldest first."""
    rows = await tx.fetch(_OF_SESSION, session_id=session_id)
    return [await _infusion(tx, row) for row in rows]


async def repeats(tx: Transaction, command_id: UUID) -> bool:
    """Whether this request has started its infusion before."""
    return await tx.fetch_one(_REPEATED, command_id=command_id) is not None


def add(tx: Transaction, started: Infusion) -> None:
    """Keep a new infusion with its start."""
    values = {name: getattr(started, name) for name in _COLUMNS}
    values["extra_monitoring"] = list(started.extra_monitoring)
    tx.insert(infusion, network_id=tx.network, **values)
    for line in started.events:
        add_event(tx, started.id, line)


def add_event(tx: Transaction, infusion_id: UUID, line: InfusionEvent) -> None:
    """Keep one more line of its record."""
    records.add(tx, infusion_event, line, infusion_id=infusion_id)


async def _infusion(tx: Transaction, row: Record) -> Infusion:
    lines = await tx.fetch(_EVENTS, infusion_id=row["id"])
    events = tuple(records.read(InfusionEvent, line) for line in lines)
    return records.read(Infusion, row, events=events)
