"""What rating scales would have followed from will not happen."""

from uuid import UUID

from kairos_chassis.db import Transaction

from integration.domain.measure import MeasureState
from integration.store import measures


async def cancel_measures(anchor_id: UUID, tx: Transaction) -> None:
    """Take back the open measures that follow from an anchor."""
    for one in await measures.of_anchor(tx, anchor_id):
        if one.state is MeasureState.OPEN:
            measures.measures.save(tx, one.cancel())
            await tx.flush()  # the next one may be cancelled too
