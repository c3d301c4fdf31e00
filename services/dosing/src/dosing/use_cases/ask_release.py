"""Ask that a quarantined lot may be used again; it may once somebody else agrees."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing.domain.quarantine import Release
from dosing.store import practitioners, quarantines
from dosing.use_cases.check_releasable import check_releasable


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRelease:
    """Why one quarantine is to end. `recall_notice` names the notice that withdraws a recall."""

    quarantine_id: UUID
    reason: str
    recall_notice: str | None
    by: Caller


async def ask_release(command: AskRelease, tx: Transaction) -> Release:
    """Keep it, waiting for the second person. The lot stays out of use until then.

    Raises QuarantineNotFound (404), QuarantineReleased, RecallStands, DiscrepancyOpen,
    NotLicensed (409).
    """
    found = await quarantines.find(tx, command.quarantine_id)
    await check_releasable(found, command.recall_notice, tx)
    await practitioners.require_known(tx, command.by.subject)
    asked = Release(
        id=uuid7(),
        quarantine_id=found.id,
        reason=command.reason,
        recall_notice=command.recall_notice,
        asked_by=command.by.subject,
        asked_at=tx.now,
    )
    quarantines.add_release(tx, asked)
    return asked
