"""Raise a safety concern: keep it, tell it, and start its clock."""

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_chassis.timers import schedule

from intake import publish
from intake.data.policy import policy
from intake.domain.concern import Concern
from intake.domain.escalation import escalation_of
from intake.store import concerns

CLOCK = "safety_concern.escalation"


async def raise_concern(raised: Concern, tx: Transaction) -> None:
    """Keep and announce the concern; its first step is due by the network's policy.

    The caller holds the patient's clearance and reconsiders it.
    """
    concerns.add(tx, raised)
    await outbox.append(tx, publish.safety_concern_raised(raised))
    climbs = escalation_of(raised, policy().escalations)
    schedule(
        tx, CLOCK, raised.id, climbs.due(raised, 1), patient_id=raised.patient_id, data={"step": 1}
    )
