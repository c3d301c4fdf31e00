"""After an upgrade: what was parked because nobody here knew it is tried again, once."""

from typing import Final

import structlog

from kairos_chassis.bus import parking
from kairos_chassis.bus.replay import Replay
from kairos_chassis.db import Database

WAITED_FOR_AN_UPGRADE: Final = "unknown_schema"

log = structlog.get_logger(__name__)


async def drain_unknown(db: Database, replay: Replay, consumer: str) -> int:
    """Release the keys parked for an unknown version or member. Returns how many are free now.

    What is still not known is held again, for the same reason. Raises what an outage raises.
    """
    async with db.transaction(None) as tx:
        waiting = await parking.list_keys(tx, consumer)
    unknown = [one for one in waiting if one.reason == WAITED_FOR_AN_UPGRADE]
    free = 0
    for one in unknown:
        free += (await replay.release(one.topic, one.key)).held_by is None
    if unknown:
        log.info("unknown_events_tried_again", count=len(unknown), current=free)
    return free
