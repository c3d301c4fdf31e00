"""Spend a decision to break the glass on the one dose it is good for."""

from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from dosing import publish
from dosing.domain import gate
from dosing.domain.clearance import Unreachable
from dosing.store import glasses


async def use_glass(facts: gate.Facts, administration_id: UUID, tx: Transaction) -> None:
    """Keep and announce it; nothing where intake has answered."""
    if not isinstance(facts.answer, Unreachable) or facts.glass is None:
        return
    assert facts.known_as_of is not None  # the gate refuses a clearance of unknown age
    glasses.use(tx, facts.glass.id, administration_id, facts.now)
    await outbox.append(
        tx, publish.break_glass_used(facts.session, facts.glass, facts.known_as_of, facts.now)
    )
