"""What a refusal says beyond its rule: other slots, and how fresh the clearance is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from scheduling.domain.errors import SlotTaken
from scheduling.domain.rule_errors import NotCleared
from scheduling.http.call import SchedulingCall
from scheduling.http.clearances import known_as_of


@asynccontextmanager
async def explained(
    call: SchedulingCall, *, wanted: tuple[str, UUID, datetime] | None = None
) -> AsyncIterator[None]:
    """Put it into the refusals of a booking. `wanted` is visit type, site and start.

    Stands around the transaction: what it looks up is looked up after that has ended.
    """
    try:
        yield
    except SlotTaken as lost:
        if wanted is not None:
            found = await call.deps.alternatives.near(call.network_id, *wanted)
            lost.members["alternatives"] = found
        raise
    except NotCleared as refused:
        async with call.deps.db.transaction(call.network_id) as tx:
            as_of = await known_as_of(call, tx, refused.patient_id)
        refused.members["clearance_as_of"] = None if as_of is None else as_of.isoformat()
        raise
