"""What routes reach through `call.deps`."""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kairos_chassis.bus.freshness import Freshness
from kairos_chassis.clock import Clock
from kairos_chassis.db import Database

from scheduling.use_cases.find_slots import FindSlots, find_slots

_HORIZON = timedelta(days=14)
_OFFERED = 5


class Alternatives:
    """Other slots for somebody who was too late for one.

    Many who lose the same slot at the same moment ask for the same thing: they share one search.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._under_way: dict[Hashable, asyncio.Task[list[dict[str, Any]]]] = {}

    async def near(
        self, network_id: UUID, visit_type: str, site_id: UUID, starts_at: datetime
    ) -> list[dict[str, Any]]:
        """The next free slots of that kind at that site, as members of a problem document."""
        key = (network_id, visit_type, site_id, starts_at)
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._search(*key))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        return await asyncio.shield(task)

    async def _search(
        self, network_id: UUID, visit_type: str, site_id: UUID, starts_at: datetime
    ) -> list[dict[str, Any]]:
        command = FindSlots(
            visit_type=visit_type,
            since=starts_at,
            until=starts_at + _HORIZON,
            site_ids=[site_id],
            limit=_OFFERED,
        )
        async with self._db.transaction(network_id) as tx:
            found = await find_slots(command, tx)
        return [
            {
                "site_id": str(one.site_id),
                "starts_at": one.starts_at.isoformat(),
                "choices": {need: [str(who) for who in ids] for need, ids in one.choices.items()},
            }
            for one in found
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """Built once, in `wiring`."""

    db: Database
    clock: Clock
    alternatives: Alternatives
    freshness: Freshness  # of what intake says
    course_effort: float  # see the settings
