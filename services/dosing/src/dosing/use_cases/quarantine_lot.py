"""Put a lot out of use."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid5

from kairos_chassis import outbox
from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing import data, publish
from dosing.domain.ledger import EntryKind, Posting
from dosing.store import containers, lots, sessions
from dosing.use_cases.stop_and_call import stop_and_call
from dosing.use_cases.stop_drug import StopDrug


class QuarantineReason(StrEnum):
    """Why a lot is put out of use."""

    RECALL = "recall"
    DISCREPANCY = "discrepancy"
    STORAGE = "storage"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineLot:
    """A lot of a product, in the whole network."""

    product: str
    lot: str
    reason: QuarantineReason
    by: Caller


async def quarantine_lot(command: QuarantineLot, tx: Transaction) -> None:
    """Nothing is drawn or given from it from now on, and what runs from it is stopped.

    Its containers' ledgers say so. A repeat changes nothing. Raises UnknownProduct (422).
    """
    data.product(command.product)
    boxes = await containers.lock_lot(tx, command.product, command.lot)
    if await containers.quarantined(tx, command.product, command.lot):
        return
    by = command.by.subject
    containers.quarantine(tx, command.product, command.lot, reason=command.reason.value, by=by)
    for box in boxes:
        containers.save(tx, box.enter(_posting(command, by, tx)))
        await tx.flush()
    # No infusion starts from the lot any more, for that takes its container's lock. A session is
    # not locked: it comes before containers, and a stop only adds a row to it.
    for session_id in await lots.infusing_from(tx, command.product, command.lot):
        session = await sessions.find(tx, session_id)
        stop = StopDrug(session=session, reason="lot_recalled", by=None, not_tolerated=False)
        await stop_and_call(stop, tx)
    lot_id = uuid5(tx.network, f"{command.product} {command.lot.upper()}")
    event = publish.lot_recalled(lot_id, command.product, command.lot, command.reason.value, tx.now)
    await outbox.append(tx, event)


def _posting(command: QuarantineLot, by: UUID, tx: Transaction) -> Posting:
    return Posting(
        id=uuid7(),
        kind=EntryKind.QUARANTINE,
        amount_mg=Decimal(0),
        at=tx.now,
        actor=by,
        reason=command.reason.value,
    )
