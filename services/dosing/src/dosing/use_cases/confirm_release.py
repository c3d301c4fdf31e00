"""Agree, as the second person, that a quarantined lot may be used again."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing import publish
from dosing.domain.errors import SamePerson
from dosing.domain.ledger import EntryKind, Posting
from dosing.domain.quarantine import Quarantine, Release
from dosing.store import containers, lots, practitioners, quarantines
from dosing.use_cases.check_releasable import check_releasable


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRelease:
    """With a log-in of one's own."""

    release_id: UUID
    by: Caller


async def confirm_release(command: ConfirmRelease, tx: Transaction) -> bool:
    """End the quarantine, with an entry in the ledger of every container of the lot, and announce
    it. Returns whether the lot may be used: another quarantine may still stand.

    What kept it from being asked for is asked anew. Raises ReleaseNotFound (404),
    QuarantineReleased, SamePerson, NotLicensed, RecallStands, DiscrepancyOpen (409).
    """
    asked = await quarantines.find_release(tx, command.release_id)
    found = await quarantines.find(tx, asked.quarantine_id)
    by = command.by.subject
    boxes = await check_releasable(found, asked.recall_notice, tx)
    if by == asked.asked_by:
        raise SamePerson
    await practitioners.require_known(tx, by)
    quarantines.confirm(tx, asked.id, by)
    for box in boxes:
        containers.save(tx, box.enter(_posting(asked, found, by, tx)))
        await tx.flush()
    usable = not await quarantines.stands(tx, found.product, found.lot)
    released = publish.lot_released(
        lots.id_of(tx, found.product, found.lot), found, tx.now, usable=usable
    )
    await outbox.append(tx, released)
    return usable


def _posting(asked: Release, found: Quarantine, by: UUID, tx: Transaction) -> Posting:
    return Posting(
        id=uuid7(),
        kind=EntryKind.RELEASE,
        amount_mg=Decimal(0),
        at=tx.now,
        actor=asked.asked_by,
        witness=by,
        reference_id=asked.id,
        reason=found.reason.value,
    )
