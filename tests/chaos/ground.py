"""What a round stands on: PostgreSQL and a broker, and everything that can be done to them."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import asyncpg
from kairos_local.broker import Broker, choose, make_broker
from kairos_local.errors import CannotStart
from kairos_local.postgres import LocalPostgres, ephemeral_postgres

_TRIES = 5


@dataclass(slots=True)
class Ground:
    """The two servers, handled from one thread that lives as long as they do."""

    postgres: LocalPostgres
    broker: Broker
    folder: Path
    hands: ThreadPoolExecutor

    async def by_hand(self, act: Callable[[], Any]) -> Any:
        """Do it in that thread."""
        return await asyncio.get_running_loop().run_in_executor(self.hands, act)

    async def kill_broker(self) -> None:
        """SIGKILL."""
        self._signal(self.broker.pid, signal.SIGKILL)
        await self.by_hand(self.broker.stop)

    async def start_broker(self) -> None:
        """As whoever runs the platform would."""
        await self.by_hand(self.broker.start)

    async def wipe_broker(self) -> None:
        """Kill it and throw its data away: the next start is another cluster."""
        await self.kill_broker()
        await self.by_hand(lambda: shutil.rmtree(self.folder / "broker", ignore_errors=True))
        await self.start_broker()

    def freeze_broker(self) -> None:
        """SIGSTOP."""
        self._signal(self.broker.pid, signal.SIGSTOP)

    def thaw_broker(self) -> None:
        """SIGCONT."""
        self._signal(self.broker.pid, signal.SIGCONT)

    async def restart_postgres(self, mode: Literal["fast", "immediate"], away_s: float) -> None:
        """Shut it down in that mode and start it again after a while."""
        if mode == "fast":  # what is not on the disk by then is written while everybody waits
            admin = await asyncpg.connect(self.postgres.admin_url)
            await admin.execute("checkpoint")
            await admin.close()
        self._signal(self.postgres.pid, signal.SIGINT if mode == "fast" else signal.SIGQUIT)
        await self.by_hand(self._postgres_ends)
        await asyncio.sleep(away_s)
        await self.by_hand(self._start_postgres)

    def _start_postgres(self) -> None:
        """Its old processes may hold its memory for a moment, and then it refuses."""
        for _ in range(_TRIES):
            with suppress(CannotStart):
                return self.postgres.start()
        return self.postgres.start()

    def _postgres_ends(self) -> None:
        while self.postgres.alive():
            time.sleep(0.02)

    @staticmethod
    def _signal(pid: int | None, number: signal.Signals) -> None:
        assert pid is not None
        os.kill(pid, number)


@contextmanager
def ground(wanted: Literal["auto", "kafka", "tansu"]) -> Iterator[Ground]:
    """A durable PostgreSQL and a broker of that kind, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="kairos-chaos-"))
    hands = ThreadPoolExecutor(1)
    try:
        postgres = ephemeral_postgres(durable=True)
        server = hands.submit(postgres.__enter__).result()
        broker = make_broker(
            choose(wanted).kind, data_dir=folder / "broker", log=folder / "broker.log"
        )
        try:
            hands.submit(broker.start).result()
            yield Ground(server, broker, folder, hands)
        finally:
            hands.submit(broker.stop).result()
            hands.submit(postgres.__exit__, None, None, None).result()
    finally:
        hands.shutdown()
        shutil.rmtree(folder, ignore_errors=True)
