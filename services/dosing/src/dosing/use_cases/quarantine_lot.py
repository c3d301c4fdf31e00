"""Put a lot out of use."""

from dataclasses import dataclass
from enum import StrEnum

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction

from dosing import data
from dosing.store import containers


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
    """Nothing is drawn or given from it from now on; a repeat changes nothing.

    Raises UnknownProduct (422).
    """
    data.product(command.product)
    containers.quarantine(
        tx,
        command.product,
        command.lot,
        reason=command.reason.value,
        by=command.by.subject,
    )
