"""After a batch of a device: while the patient is sedated, the next saturation is awaited."""

from collections.abc import Sequence

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import oximetry
from dosing.domain.observation import Observation
from dosing.domain.series import DeviceReading
from dosing.domain.session import Session
from dosing.store.watch_timers import schedule_oximetry


async def follow_oximetry(
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
