"""Check that nothing stands against the release of a quarantined lot."""

from kairos_chassis.db import Transaction

from dosing.domain.ledger import Container
from dosing.domain.quarantine import Quarantine
from dosing.store import containers, quarantines, stock


async def check_releasable(
    found: Quarantine, recall_notice: str | None, tx: Transaction
) -> list[Container]:
    """The lot's containers, locked: nobody counts or draws from one meanwhile.

    Raises QuarantineReleased, RecallStands, DiscrepancyOpen (409).
    """
    boxes = await containers.lock_lot(tx, found.product, found.lot)
    await quarantines.check_stands(tx, found.id)
    differs = await stock.discrepancy_open(tx, [one.id for one in boxes])
    found.check_releasable(recall_notice, discrepancy_open=differs)
    return boxes
