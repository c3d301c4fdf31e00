"""Gathers what a session's screen shows."""

from collections.abc import Sequence
from datetime import timedelta

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import monitoring
from dosing.domain.alerts import Alert, look_again_after
from dosing.domain.clearance import OVER_65
from dosing.domain.ledger import held
from dosing.domain.observation import Observation, Readings, before_first_dose
from dosing.domain.pre_dose import baseline_of
from dosing.domain.series import series_of
from dosing.domain.session import Session
from dosing.http.call import DosingCall
from dosing.http.schemas.orders import OrderView
from dosing.http.schemas.sessions import (
    ClearanceView,
    DueView,
    MoveView,
    SessionSummary,
    SessionView,
)
from dosing.store import (
    alerts,
    anchors,
    containers,
    monitors,
    observations,
    orders,
    projections,
    protocols,
    readings,
    sessions,
)


async def view_of(tx: Transaction, session: Session, call: DosingCall) -> SessionView:
    """A session with its order, schedule, moves and what is known of the patient."""
    protocol = await protocols.pinned(tx, session)
    order = await orders.latest_of(tx, session.id)
    seen = await observations.of_session(tx, session.id)
    baseline = baseline_of(before_first_dose(seen))
    known = await projections.clearance_of(tx, session.patient_id, session.route)
    limits = protocol.pre_dose.at_age(over_65=OVER_65 in known.extra_monitoring)
    passed = await anchors.elapsed(tx, session, call.deps.clock)
    # By what has passed since the first dose: a clock set forward makes nothing late.
    now = (
        tx.now
        if passed is None or session.first_dose_at is None
        else (session.first_dose_at + passed)
    )
    warned = await alerts.of_session(tx, session.id)
    again_at = await _again_at(tx, session, seen, [one.alert for one in warned])
    due = monitoring.schedule(session, seen, baseline, protocol.watch, now, again_at)
    watching = await monitors.current(tx, session.id)
    return SessionView(
        **SessionSummary.of(session).model_dump(),
        minutes_since_first_dose=None if passed is None else int(passed.total_seconds() // 60),
        order=None if order is None else OrderView.of(order),
        schedule=[DueView.of(one) for one in due],
        held_mg=held(await containers.entries_of_session(tx, session.id)),
        clearance=ClearanceView.of(known, cleared=known.cleared_at(tx.now)),
        pre_dose_systolic_limit_mmhg=limits.go_systolic_mmhg,
        safety_concern_open=await projections.concern_open(tx, session.patient_id),
        monitor_id=None if watching is None else watching.practitioner_id,
        drug_stopped=await alerts.stop_of(tx, session.id) is not None,
        alerts_open=sum(one.action is None for one in warned),
        moves=[MoveView.of(one) for one in await sessions.moves(tx, session.id)],
    )


async def _again_at(
    tx: Transaction, session: Session, seen: Sequence[Observation], raised: Sequence[Alert]
) -> timedelta | None:
    """How long after the first dose somebody has to look again because of what was read last."""
    rules = [one for one in data.alert_rules() if one.look_again_after is not None]
    told = [one for one in raised if one.code in {rule.code for rule in rules}]
    if not told or session.first_dose_at is None:
        return None
    baseline = baseline_of(before_first_dose(list(seen)))
    before = Readings() if baseline is None else baseline.readings
    sooner = look_again_after(
        rules, series_of(seen, await readings.of_session(tx, session.id)), before
    )
    if sooner is None:
        return None
    minutes = {one.id: one.minutes_since_first_dose or 0 for one in seen}
    observed = timedelta(minutes=max(minutes.values(), default=0))
    if told[-1].source_id in minutes:
        return observed + sooner
    return max(observed, told[-1].raised_at - session.first_dose_at) + sooner
