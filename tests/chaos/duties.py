"""What the services of the chaos tests do: keys count, and every number has its effect once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from kairos_chassis.bus.broker import BusSettings
from kairos_chassis.clock import SystemClock
from kairos_chassis.db import Transaction
from kairos_chassis.handlers import Handlers
from kairos_chassis.testing.bus_station import ReadsCounted
from kairos_events.envelope import Envelope

PRODUCER = "chaos"
CONSUMERS = ("ward", "archive")
TABLES = """
create table counter (key uuid primary key, number integer not null);
create table poison (key uuid, number integer);
grant select, insert, update on counter to {runtime};
grant select, insert, delete on poison to {runtime};
"""
_EFFECT = """
insert into effect (key, number)
select $1, $2 where not exists (select from poison where key = $1 and number = $2) returning id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a process is told, as JSON."""

    service: str
    url: str
    bootstrap: str
    topic: str
    idempotence: bool
    seed: int = 0
    skew_seconds: float = 0.0
    slow_seconds: float = 0.0
    crash_at: str = ""
    crash_odds: float = 0.0

    def document(self) -> dict[str, Any]:
        """As a document."""
        return asdict(self)

    def settings(self) -> BusSettings:
        """How to reach the broker; it is the embedded one, which may come back empty."""
        return BusSettings(
            bootstrap=self.bootstrap,
            client_id=f"chaos-{self.service}",
            idempotence=self.idempotence,
            embedded=True,
        )


class SkewedClock(SystemClock):
    """A clock that is wrong by so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._off = timedelta(seconds=seconds)

    def now(self) -> datetime:
        """The instant, wrong."""
        return super().now() + self._off


class Crash:
    """Kills its own process, now and then, at one place."""

    def __init__(self, spec: Spec) -> None:
        self._at = spec.crash_at
        self._odds = spec.crash_odds
        self._dice = random.Random(spec.seed * 100_003 + os.getpid())

    def here(self, place: str) -> None:
        """Perhaps this is the end."""
        if place == self._at and self._dice.random() < self._odds:
            os.kill(os.getpid(), signal.SIGKILL)


def make_handlers(spec: Spec) -> Handlers:
    """The handler of the one event; what it is told to suffer from is in the spec and in tables."""
    handlers, crash = Handlers(spec.service), Crash(spec)

    @handlers.on(ReadsCounted)
    async def on_counted(event: ReadsCounted, _envelope: Envelope, tx: Transaction) -> None:
        if spec.slow_seconds:
            await asyncio.sleep(spec.slow_seconds)
        effect = await tx.connection.fetchval(_EFFECT, event.counter_id, event.number)
        if effect is None:
            raise ZeroDivisionError
        crash.here("in the handler")

    return handlers
