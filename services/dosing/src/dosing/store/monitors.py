"""Who watches a session, at rest. Somebody does from the first dose on. Rows are only added."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from dosing.domain.errors import IllegalMove
from dosing.store import records
from dosing.store.care_tables import monitor_assignment

_OF = statement(
    select(monitor_assignment)
    .where(monitor_assignment.c.session_id == bindparam("session_id"))
    .order_by(monitor_assignment.c.seq)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """From then on this person watches, until the next assignment: there is no time between."""

    seq: int
    practitioner_id: UUID
    cause: str
    assigned_at: datetime
    one_to_one: bool = False  # whoever watches this patient watches nobody else


async def of_session(tx: Transaction, session_id: UUID) -> list[Assignment]:
    """Everybody who has watched, in order."""
    return [records.read(Assignment, row) for row in await tx.fetch(_OF, session_id=session_id)]


async def current(tx: Transaction, session_id: UUID) -> Assignment | None:
    """Who watches now; None before the first dose."""
    found = await of_session(tx, session_id)
    return found[-1] if found else None


def add(tx: Transaction, session_id: UUID, one: Assignment) -> None:
    """Have somebody watch from now on. Raises IllegalMove if another took over meanwhile."""
    tx.refuse_on("monitor_assignment_pkey", IllegalMove())
    records.add(tx, monitor_assignment, one, session_id=session_id)
