"""After an observation: a sedated patient is on an oximeter, or somebody is called."""

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import oximetry
from dosing.domain.observation import Observation
from dosing.domain.session import Session
from dosing.store import readings
from dosing.store.watch_timers import cancel_oximetry
from dosing.use_cases.call_for_oximeter import call_for_oximeter


async def judge_oximetry(session: Session, taken: Observation, tx: Transaction) -> None:
    """After an observation: a sedated patient is on an oximeter, or somebody is called."""
    policy = data.oximetry_policy()
    devices = await readings.of_session(tx, session.id)
    if oximetry.missing(taken, devices, policy, tx.now):
        await call_for_oximeter(session, taken.id, tx)
    if taken.readings.moaas is not None and not oximetry.sedated([taken], policy):
        cancel_oximetry(tx, session.id)
