"""What goes on at a site now: watched sessions and who watches them."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import and_, bindparam, func, or_, select

from dosing.store.care_tables import monitor_assignment
from dosing.store.session_tables import session

_LATEST = (
    select(monitor_assignment.c.session_id, func.max(monitor_assignment.c.seq).label("seq"))
    .group_by(monitor_assignment.c.session_id)
    .subquery()
)
_WATCHED_BY = statement(
    select(session.c.id)
    .join(monitor_assignment, monitor_assignment.c.session_id == session.c.id)
    .join(
        _LATEST,
        and_(
            _LATEST.c.session_id == monitor_assignment.c.session_id,
            _LATEST.c.seq == monitor_assignment.c.seq,
        ),
    )
    .where(
        monitor_assignment.c.practitioner_id == bindparam("practitioner_id"),
        or_(session.c.state == "monitoring", session.c.state == "dischargeable"),
    )
)


async def watched_by(tx: Transaction, practitioner_id: UUID) -> set[UUID]:
    """The sessions that somebody watches now."""
    rows = await tx.fetch(_WATCHED_BY, practitioner_id=practitioner_id)
    return {row["id"] for row in rows}
