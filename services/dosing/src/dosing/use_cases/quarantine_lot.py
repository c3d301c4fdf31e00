"""Put a lot out of use."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing import data, publish
from dosing.domain.ledger import EntryKind, Posting
from dosing.domain.quarantine import Quarantine, QuarantineReason
from dosing.store import containers, lots, quarantines, sessions
from dosing.use_cases.stop_and_call import stop_and_call
from dosing.use_cases.stop_drug import StopDrug


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineLot:
    """A lot of a product, in the whole network."""

    product: str
    lot: str
    reason: QuarantineReason
    by: Caller


async def quarantine_lot(command: QuarantineLot, tx: Transaction) -> None:
    """Nothing is drawn or given from it from now on, and what runs from it is stopped.

    Its containers' ledgers say so. A repeat for the same reason changes nothing; another reason is
    another quarantine, for each ends by itself. Raises UnknownProduct (422).
    """
    data.product(command.product)
    boxes = await containers.lock_lot(tx, command.product, command.lot)
    standing = await quarantines.standing_of(tx, command.product, command.lot)
    if any(one.reason is command.reason for one in standing):
        return
    by = command.by.subject
    made = Quarantine(
        id=uuid7(),
        product=command.product,
        lot=command.lot,
        reason=command.reason,
        quarantined_by=by,
        quarantined_at=tx.now,
    )
    quarantines.add(tx, made)
    for box in boxes:
        containers.save(tx, box.enter(_posting(command, by, tx)))
        await tx.flush()
    # No infusion starts from the lot any more, for that takes its container's lock. A session is
    # not locked: it comes before containers, and a stop only adds a row to it.
    for session_id in await lots.infusing_from(tx, command.product, command.lot):
        session = await sessions.find(tx, session_id)
        stop = StopDrug(session=session, reason="lot_recalled", by=None, not_tolerated=False)
        await stop_and_call(stop, tx)
    recalled = publish.lot_recalled(lots.id_of(tx, command.product, command.lot), made)
    await outbox.append(tx, recalled)


def _posting(command: QuarantineLot, by: UUID, tx: Transaction) -> Posting:
    return Posting(
        id=uuid7(),
        kind=EntryKind.QUARANTINE,
        amount_mg=Decimal(0),
        at=tx.now,
        actor=by,
        reason=command.reason.value,
    )
