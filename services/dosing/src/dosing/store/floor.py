"""What goes on at a site now: watched sessions and who watches them."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import and_, bindparam, func, or_, select

from dosing.domain.watching import Watching
from dosing.store.care_tables import monitor_assignment
from dosing.store.lock_order import Rank, taking
from dosing.store.session_tables import practitioner, session

_LATEST = (
    select(monitor_assignment.c.session_id, func.max(monitor_assignment.c.seq).label("seq"))
    .group_by(monitor_assignment.c.session_id)
    .subquery()
)
_WATCHED_BY = statement(
    select(session.c.id, monitor_assignment.c.one_to_one)
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


_LOCK = statement(
    select(practitioner.c.id)
    .where(practitioner.c.id == bindparam("practitioner_id"))
    .with_for_update(key_share=True)
)


async def lock_watch_of(tx: Transaction, practitioner_id: UUID, besides: UUID) -> Watching:
    """Whom somebody watches besides that session; until the commit they take over nobody else."""
    taking(tx, Rank.PRACTITIONER, (practitioner_id,))
    await tx.fetch(_LOCK, practitioner_id=practitioner_id)
    return await watching(tx, practitioner_id, besides)


async def watching(tx: Transaction, practitioner_id: UUID, besides: UUID) -> Watching:
    """Whom somebody watches besides that session, as of now."""
    rows = await tx.fetch(_WATCHED_BY, practitioner_id=practitioner_id)
    others = [row for row in rows if row["id"] != besides]
    return Watching(patients=len(others), one_to_one=any(row["one_to_one"] for row in others))
