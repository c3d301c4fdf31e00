"""Make a session ready for its dose, once it is ordered and vital signs allow it."""

from collections.abc import Sequence
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing.domain.observation import Observation, before_first_dose
from dosing.domain.order import Order
from dosing.domain.protocol import Protocol
from dosing.domain.readiness import readied
from dosing.domain.session import Session, State
from dosing.store import projections, sessions


async def make_ready(
    session: Session,
    order: Order | None,
    observations: Sequence[Observation],
    protocol: Protocol,
    *,
    by: UUID,
    tx: Transaction,
    noted: frozenset[UUID] = frozenset(),
) -> None:
    """Keep the session, one move further where that is so. It is locked by the caller.

    `noted` are the readings of which a prescriber wrote why the dose is worth it.
    """
    ready = session
    if session.state is State.CHECKED_IN:
        known = await projections.clearance_of(tx, session.patient_id, session.route)
        ready = readied(
            session,
            order,
            before_first_dose(list(observations)),
            protocol,
            by=by,
            now=tx.now,
            noted=noted,
            extra_monitoring=known.extra_monitoring,
        )
    sessions.save(tx, ready)
