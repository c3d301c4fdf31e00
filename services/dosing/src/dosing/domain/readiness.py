"""When a session becomes ready for its dose."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dosing.domain import pre_dose
from dosing.domain.observation import Observation
from dosing.domain.order import Order
from dosing.domain.protocol import Protocol
from dosing.domain.session import Session, State


def readied(
    session: Session,
    order: Order | None,
    before_dose: Sequence[Observation],
    protocol: Protocol,
    *,
    by: UUID,
    now: datetime,
    noted: frozenset[UUID] = frozenset(),
) -> Session:
    """The session, made ready by `by` if it is ordered and vital signs allow it."""
    if session.state is not State.CHECKED_IN or order is None or not order.active:
        return session
    if any(pre_dose.failing(before_dose, protocol.pre_dose, now, noted=noted)):
        return session
    return session.move(State.READY, by=by, cause="ordered_and_observed", at=now)
