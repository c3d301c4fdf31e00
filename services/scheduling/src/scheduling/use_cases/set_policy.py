"""Set policy of a network's own, or of one of its sites."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling.data.house import policy_rules
from scheduling.domain.house_policy import Figures, PolicyVersion
from scheduling.store import monitors, policies, sites


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPolicy:
    """Every figure that is to differ from what holds without it; the version before is over."""

    site_id: UUID | None  # None for the network as a whole
    figures: Figures
    reason: str  # a code
    by: UUID
    director: bool  # whether who sets it signs as medical director


async def set_policy(command: SetPolicy, tx: Transaction) -> PolicyVersion:
    """Keep the next version. What lets through more than before has to be signed.

    Raises PolicyOutOfBounds (422), SiteNotFound (404), PolicyLoosens (409).
    """
    rules = policy_rules()
    rules.check(command.figures, of_site=command.site_id is not None)
    if command.site_id is not None:
        await sites.lock(tx, command.site_id)
    base = rules.shipped()
    if command.site_id is not None:
        base |= (await policies.at(tx, None)).figures
    loosens = rules.loosened(command.figures, base)
    rules.sign(loosens, director=command.director)
    before = await policies.history(tx, command.site_id, limit=1)
    made = PolicyVersion(
        id=uuid7(),
        site_id=command.site_id,
        version=before[0].version + 1 if before else 1,
        figures=dict(command.figures),
        loosens=loosens,
        reason=command.reason,
        set_by=command.by,
        signed_by=command.by if command.director else None,
        set_at=tx.now,
    )
    policies.add(tx, made)
    if command.site_id is None:  # the database keeps the ratio by a row of its own
        policy = await policies.at(tx, None)
        await monitors.set_limit(tx, policy.booking.patients_per_monitor)
    return made
