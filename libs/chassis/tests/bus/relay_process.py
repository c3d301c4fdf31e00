"""One relay as a process of its own, so that a test can freeze it.

Usage: relay_process.py DATABASE_URL BOOTSTRAP TOPIC HOLDER IDEMPOTENCE
"""

import asyncio
import sys
from uuid import UUID

from kairos_chassis.bus.broker import BusSettings, ClusterWatch
from kairos_chassis.bus.lease import Leases
from kairos_chassis.bus.relay import Relay
from kairos_chassis.clock import SystemClock
from kairos_chassis.db import Database


async def main(url: str, bootstrap: str, topic: str, holder: str, idempotence: str) -> None:
    settings = BusSettings(
        bootstrap=bootstrap,
        client_id="busbench",
        idempotence=idempotence == "True",
        embedded=True,
    )
    db = await Database.connect(url, SystemClock(), size=4, name="relay")
    watch = ClusterWatch(settings)
    relay = Relay(
        db=db,
        watch=watch,
        settings=settings,
        service="busbench",
        topics=[topic],
        leases=Leases(db, holder=UUID(holder)),
        batch=20,
    )
    await asyncio.gather(watch.run(), relay.run())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
