"""What is done to a platform under load. Each returns when it is over; nobody helps afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from kairos_chassis.bus.applying import Applier
from kairos_chassis.bus.replay import Replay
from kairos_chassis.testing.bus_station import OneTopic, counted

from tests.chaos.duties import CONSUMERS, PRODUCER, make_handlers
from tests.chaos.scene import Fault, Scene

BACKLOG = int(os.environ.get("CHAOS_BACKLOG", "3000"))
SKEW_S = 600.0
AWAY_S = 30.0
WARD = CONSUMERS[0]
OLD = 200  # records sent again


async def _kill(scene: Scene, name: str) -> None:
    """Several times, at random moments."""
    for _ in range(3):
        await asyncio.sleep(scene.dice.uniform(0.3, 1.0) * scene.seconds / 3)
        scene.crew.send(name, signal.SIGKILL)


async def kill_relay(scene: Scene) -> None:
    """SIGKILL at random moments."""
    await _kill(scene, "relay")


async def kill_consumer(scene: Scene) -> None:
    """SIGKILL at random moments."""
    await _kill(scene, WARD)


async def _crashing(scene: Scene, name: str, service: str, place: str, odds: float) -> None:
    """Until it has died there three times."""
    before = scene.crew.deaths
    await scene.crew.replace(name, scene.spec(service, crash_at=place, crash_odds=odds))
    for _ in range(600):
        if scene.crew.deaths >= before + 3:
            break
        await asyncio.sleep(0.1)
    else:
        raise AssertionError(f"it never died {place}")
    await scene.crew.replace(name, scene.spec(service))


async def crash_before_send(scene: Scene) -> None:
    """Between commit and publish."""
    await _crashing(scene, "relay", PRODUCER, "before the send", 0.2)


async def crash_before_mark(scene: Scene) -> None:
    """Between the broker's answer and the mark."""
    await _crashing(scene, "relay", PRODUCER, "before the mark", 0.2)


async def crash_in_handler(scene: Scene) -> None:
    """In the middle of a handler's transaction."""
    await _crashing(scene, WARD, WARD, "in the handler", 0.05)


async def crash_before_offset(scene: Scene) -> None:
    """Between effect and offset."""
    await _crashing(scene, WARD, WARD, "before the offset", 0.5)


async def broker_dead(scene: Scene) -> None:
    """Killed, and started again after a while. One that keeps nothing comes back empty."""
    scene.rebuilt = not scene.ground.broker.durable
    await scene.ground.kill_broker()
    await asyncio.sleep(scene.seconds)
    await scene.ground.start_broker()


async def broker_frozen(scene: Scene) -> None:
    """SIGSTOP for longer than a request is waited for."""
    scene.ground.freeze_broker()
    await asyncio.sleep(max(scene.seconds, 12.0))
    scene.ground.thaw_broker()


async def broker_wiped(scene: Scene) -> None:
    """Back with nothing in it, as another cluster."""
    scene.rebuilt = True
    await scene.ground.wipe_broker()


async def postgres_fast(scene: Scene) -> None:
    """Restarted in order."""
    await scene.ground.restart_postgres("fast", 0.2)


async def postgres_immediate(scene: Scene) -> None:
    """Torn down; it recovers from its log."""
    await scene.ground.restart_postgres("immediate", 0.2)


async def postgres_gone(scene: Scene) -> None:
    """Away for thirty seconds, however short the round."""
    await scene.ground.restart_postgres("fast", AWAY_S)


async def old_records(scene: Scene) -> None:
    """Records of before come again, shuffled, while new ones go on."""
    bootstrap, topic = scene.ground.broker.bootstrap, scene.load.topic
    reader = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await reader.start()
    await producer.start()
    try:
        seen: list[Any] = []
        for _ in range(8):
            for some in (await reader.getmany(timeout_ms=250)).values():
                seen += [one for one in some if one.key is not None]
        for one in scene.dice.choices(seen, k=OLD):
            await producer.send_and_wait(
                topic, one.value, one.key, partition=one.partition, headers=list(one.headers)
            )
    finally:
        await reader.stop()
        await producer.stop()


async def leader_frozen(scene: Scene) -> None:
    """Two relays; the one with the leases is stopped, and wakes when they are another's."""
    await scene.crew.hire("relay 2", "relay", scene.spec(PRODUCER))
    await asyncio.sleep(2.0)
    scene.crew.send("relay", signal.SIGSTOP)
    await asyncio.sleep(max(scene.seconds, 8.0))
    scene.crew.send("relay", signal.SIGCONT)
    await asyncio.sleep(1.0)


async def low_id_open(scene: Scene) -> None:
    """A transaction with a lower id than many that are published commits long after them."""
    hold = asyncio.Event()
    slow = asyncio.create_task(scene.load.command(scene.load.keys[0], hold=hold))
    await asyncio.sleep(min(scene.seconds, 4.0))  # others of the key wait for its lock so long
    hold.set()
    await slow


async def poison(scene: Scene) -> None:
    """One event cannot be handled: its key is parked, until an operator releases it."""
    db, key = scene.databases[WARD], scene.load.keys[1]
    for number in range(1, 500):
        await db.fetch("insert into poison values ($1, $2)", key, number)
    await asyncio.sleep(scene.seconds * 2)
    await db.fetch("delete from poison")
    handlers = make_handlers(scene.spec(WARD))
    replay = Replay(db, Applier(handlers, OneTopic(scene.load.topic)), WARD)
    parked = await db.fetch("select topic, key from parked_key")
    assert [row["key"] for row in parked] == [str(key)], "one key waits, the others run on"
    await replay.release(scene.load.topic, str(key))


async def clocks_wrong(scene: Scene) -> None:
    """The relay ten minutes ahead, a consumer ten minutes behind."""
    await scene.crew.replace("relay", scene.spec(PRODUCER, skew_seconds=SKEW_S))
    await scene.crew.replace(WARD, scene.spec(WARD, skew_seconds=-SKEW_S))
    await asyncio.sleep(scene.seconds)
    await scene.crew.replace("relay", scene.spec(PRODUCER, skew_seconds=-SKEW_S))
    await asyncio.sleep(scene.seconds / 2)


async def slow_and_rebalanced(scene: Scene) -> None:
    """Slow handlers, while members come and go, in order and not."""
    slow = scene.spec(WARD, slow_seconds=0.05)
    await scene.crew.hire("ward 2", "consumer", slow)
    await asyncio.sleep(max(scene.seconds, 5.0))
    await scene.crew.hire("ward 3", "consumer", slow)
    await asyncio.sleep(max(scene.seconds, 5.0))
    scene.crew.send("ward 2", signal.SIGKILL)
    await asyncio.sleep(scene.seconds)
    await scene.crew.dismiss("ward 2")
    await scene.crew.dismiss("ward 3")


_BACKLOG_SQL = """
with made as (select gen_random_uuid() as key from generate_series(1, $1)), counted as (
    insert into outbox_key (topic, key, last_sequence) select $2, key::text, 1 from made
    returning key
), kept as (
    insert into outbox (event_id, topic, key, sequence, shard, network_id, type, subject, time,
        data, dataschema)
    select uuidv7(), $2, key, 1, abs(hashtext(key)) % 16, $3, $4, key, now(),
           convert_to(json_build_object('counter_id', key, 'number', 1)::text, 'UTF8'), $5
    from counted returning key
)
select key from kept
"""


async def backlog_under_an_old_snapshot(scene: Scene) -> None:
    """The relay was away; meanwhile a dump holds a snapshot, so nothing dead is cleared away."""
    await scene.crew.dismiss("relay")
    like = counted(scene.load.topic, scene.load.keys[0], 1)
    network = (await scene.databases[PRODUCER].fetch("select network_id from outbox limit 1"))[0][0]
    dump = await asyncpg.connect(scene.owners[PRODUCER])
    try:
        await dump.execute("begin isolation level repeatable read")
        await dump.fetch("select 1 from outbox limit 1")
        owner = await asyncpg.connect(scene.owners[PRODUCER])
        rows = await owner.fetch(
            _BACKLOG_SQL, BACKLOG, scene.load.topic, network, like.type, like.dataschema
        )
        await owner.close()
        for row in rows:
            scene.load.acknowledged[row["key"]].add(1)
        await scene.crew.hire("relay", "relay", scene.spec(PRODUCER))
        await scene.caught_up(scene.load.count, 60.0 + BACKLOG / 300)
    finally:
        await dump.close()


FAULTS: dict[str, Fault] = {
    "relay killed": kill_relay,
    "consumer killed": kill_consumer,
    "killed between commit and publish": crash_before_send,
    "killed between send and mark": crash_before_mark,
    "killed in a handler's transaction": crash_in_handler,
    "killed between effect and offset": crash_before_offset,
    "broker dead": broker_dead,
    "broker frozen": broker_frozen,
    "broker wiped": broker_wiped,
    "PostgreSQL restarted, fast": postgres_fast,
    "PostgreSQL restarted, immediate": postgres_immediate,
    "PostgreSQL gone": postgres_gone,
    "old records, shuffled": old_records,
    "leading relay stopped and woken": leader_frozen,
    "lower id left open": low_id_open,
    "poison in the middle": poison,
    "clocks ten minutes wrong": clocks_wrong,
    "slow handlers across rebalances": slow_and_rebalanced,
    "backlog under an old snapshot": backlog_under_an_old_snapshot,
}
