"""Gathers what a session's screen shows."""

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import monitoring
from dosing.domain.ledger import held
from dosing.domain.observation import before_first_dose
from dosing.domain.pre_dose import baseline_of
from dosing.domain.session import Session
from dosing.http.schemas.orders import OrderView
from dosing.http.schemas.sessions import (
    ClearanceView,
    DueView,
    MoveView,
    SessionSummary,
    SessionView,
)
from dosing.store import containers, observations, orders, projections, sessions


async def view_of(tx: Transaction, session: Session) -> SessionView:
    """A session with its order, schedule, moves and what is known of the patient."""
    protocol = data.protocol(session.protocol_code, session.protocol_version)
    order = await orders.latest_of(tx, session.id)
    seen = await observations.of_session(tx, session.id)
    baseline = baseline_of(before_first_dose(seen))
    known = await projections.clearance_of(tx, session.patient_id, session.route)
    due = monitoring.schedule(session, seen, baseline, protocol.watch, tx.now)
    return SessionView(
        **SessionSummary.of(session).model_dump(),
        minutes_since_first_dose=session.minutes_since_first_dose(tx.now),
        order=None if order is None else OrderView.of(order),
        schedule=[DueView.of(one) for one in due],
        held_mg=held(await containers.entries_of_session(tx, session.id)),
        clearance=ClearanceView.of(known, cleared=known.cleared_at(tx.now)),
        safety_concern_open=await projections.concern_open(tx, session.patient_id),
        moves=[MoveView.of(one) for one in await sessions.moves(tx, session.id)],
    )
