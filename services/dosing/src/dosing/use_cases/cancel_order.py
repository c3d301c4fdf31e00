"""Cancel an order that has not been carried out."""

from dataclasses import dataclass, replace
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.policy import admit_site

from dosing.domain.errors import IllegalMove, OrderNotActive
from dosing.domain.order import Order
from dosing.domain.session import State
from dosing.store import orders, sessions

_BEFORE_DOSE = (State.CHECKED_IN, State.READY, State.DOSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """The dose is not to be given after all."""

    order_id: UUID
    version: int  # as the caller has read it
    by: Caller


async def cancel_order(command: CancelOrder, tx: Transaction) -> Order:
    """Cancel it: no drug is drawn or given by it from now on.

    Raises OrderNotFound (404), StaleVersion (412), OrderNotActive, IllegalMove (409).
    """
    found = await orders.find(tx, command.order_id)
    # The session's lock comes first: an administration holds it while it reads the order.
    session = await sessions.lock(tx, found.session_id)
    admit_site(command.by, session.site_id)
    order = await orders.lock(tx, command.order_id)
    if order.version != command.version:
        raise StaleVersion
    if not order.active:
        raise OrderNotActive
    if session.state not in _BEFORE_DOSE:
        raise IllegalMove
    cancelled = replace(
        order, cancelled_by=command.by.subject, cancelled_at=tx.now, version=order.version + 1
    )
    orders.save_cancelled(tx, cancelled)
    return cancelled
