"""Call out when a sedated patient is on no oximeter, or when the oximeter falls silent."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import oximetry
from dosing.domain.observation import Observation
from dosing.domain.series import DeviceReading
from dosing.domain.session import WATCHED, Session
from dosing.store import observations, readings, sessions
from dosing.store.watch_timers import cancel_oximetry, schedule_oximetry
from dosing.use_cases.raise_alerts import RaiseAlerts, raise_alerts


async def judge_oximetry(session: Session, taken: Observation, tx: Transaction) -> None:
    """After an observation: a sedated patient is on an oximeter, or somebody is called."""
    policy = data.oximetry_policy()
    devices = await readings.of_session(tx, session.id)
    if oximetry.missing(taken, devices, policy, tx.now):
        await _call(session, taken.id, tx)
    if taken.readings.moaas is not None and not oximetry.sedated([taken], policy):
        cancel_oximetry(tx, session.id)


def follow_oximetry(
    session: Session,
    new: Sequence[DeviceReading],
    seen: Sequence[Observation],
    tx: Transaction,
) -> None:
    """After a batch: while the patient is sedated, the next saturation is awaited."""
    policy = data.oximetry_policy()
    measured = any(one.kind == "spo2_percent" and not one.late for one in new)
    if measured and oximetry.sedated(seen, policy):
        schedule_oximetry(tx, session, policy.continuous_spo2_gap)


async def oximeter_silent(session_id: UUID, tx: Transaction) -> None:
    """No saturation has come for too long. Nothing once the patient is awake, or gone."""
    session = await sessions.lock(tx, session_id)
    seen = await observations.of_session(tx, session_id)
    if session.state in WATCHED and oximetry.sedated(seen, data.oximetry_policy()):
        await _call(session, uuid5(session.id, tx.now.isoformat()), tx)


async def _call(session: Session, source_id: UUID, tx: Transaction) -> None:
    found = RaiseAlerts(session=session, rules=[oximetry.RULE], source_id=source_id)
    await raise_alerts(found, tx)
