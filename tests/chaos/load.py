"""Fifty patients, fifty commands a second, from one seed: and what each was answered, and when."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Database
from kairos_chassis.testing.bus_station import NETWORK, counted

PATIENTS = 50
PER_SECOND = 50
_NEXT = """
insert into counter as kept (key, number) values ($1, 1)
on conflict (key) do update set number = kept.number + 1 returning number
"""


@dataclass(slots=True)
class Load:
    """Commands at a steady rate."""

    db: Database
    topic: str
    seed: int
    per_second: int = PER_SECOND
    acknowledged: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    uncertain: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    refused: int = 0
    seconds: list[tuple[float, float]] = field(default_factory=list)  # when asked, how long

    keys: list[UUID] = field(init=False)
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.keys = [UUID(int=self.dice.getrandbits(128), version=4) for _ in range(PATIENTS)]

    @property
    def count(self) -> int:
        """How many commands were acknowledged."""
        return sum(len(numbers) for numbers in self.acknowledged.values())

    def answered_within(self, begin: float, end: float) -> list[float]:
        """How long each command took that was asked in that time, in seconds, sorted."""
        return sorted(took for at, took in self.seconds if begin <= at <= end)

    async def run(self) -> None:
        """Give commands until cancelled; those in hand are then finished."""
        running: set[asyncio.Task[None]] = set()
        due = time.monotonic()
        try:
            while True:
                due += 1 / self.per_second
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                task = asyncio.create_task(self.command(self.dice.choice(self.keys)))
                running.add(task)
                task.add_done_callback(running.discard)
        finally:
            if running:
                await asyncio.wait(running, timeout=30)

    async def command(self, key: UUID, *, hold: asyncio.Event | None = None) -> None:
        """Count a key on and announce it. `hold` leaves the transaction open until it is set."""
        begin, number = time.monotonic(), 0
        try:
            async with self.db.transaction(NETWORK) as tx:
                number = await tx.connection.fetchval(_NEXT, key)
                await outbox.append(tx, counted(self.topic, key, number))
                if hold is not None:
                    await tx.flush()
                    await hold.wait()
        except Exception:
            # Whether the commit arrived is not known once it may have been sent.
            if number:
                self.uncertain[str(key)].add(number)
            self.refused += 1
            return
        self.acknowledged[str(key)].add(number)
        self.seconds.append((begin, time.monotonic() - begin))
