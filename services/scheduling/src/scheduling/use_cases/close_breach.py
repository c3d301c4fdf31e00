"""Close a breach without the visit, for a coded reason."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from scheduling import publish
from scheduling.data import integration_policy
from scheduling.domain.change_errors import UnknownReason
from scheduling.domain.integration_duty import IntegrationDuty
from scheduling.store import duties


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseBreach:
    """Why the visit will not take place."""

    breach_id: UUID
    resolution: str


async def close_breach(command: CloseBreach, tx: Transaction) -> IntegrationDuty:
    """Close it and announce it, both or neither.

    Raises UnknownReason (422), BreachNotFound (404), BreachNotOpen (409).
    """
    known = integration_policy().resolutions
    if command.resolution not in known:
        raise UnknownReason(sorted(known))
    duty = await duties.lock_breach(tx, command.breach_id)
    closed = duty.close(command.resolution, at=tx.now)
    await duties.save(tx, closed)
    await outbox.append(tx, publish.breach_closed(closed))
    return closed
