"""When a session becomes ready for its dose."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from dosing.domain import pre_dose
from dosing.domain.clearance import OVER_65
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
    extra_monitoring: Collection[str] = (),
) -> Session:
    """The session, made ready by `by` if it is ordered and vital signs allow it.

    `extra_monitoring` is what intake has announced beside the clearance: an age, for one.
    """
    if session.state is not State.CHECKED_IN or order is None or not order.active:
        return session
    limits = protocol.pre_dose.at_age(over_65=OVER_65 in extra_monitoring)
    if any(pre_dose.failing(before_dose, limits, now, noted=noted)):
        return session
    return session.move(State.READY, by=by, cause="ordered_and_observed", at=now)
