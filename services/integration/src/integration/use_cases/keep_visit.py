"""Keep the newest news of a visit: a read model, which can be made again from the bus."""

from kairos_chassis.db import Transaction

from integration.domain.visit import Visit
from integration.store import visits


async def keep_visit(visit: Visit, tx: Transaction) -> None:
    """Keep what became of the visit and do nothing else."""
    if await visits.look_up(tx, visit.id) is None:
        visits.visits.add(tx, visit)
    else:
        visits.change(tx, visit)
