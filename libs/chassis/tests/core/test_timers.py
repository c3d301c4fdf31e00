"""What falls due runs once, in the transaction that takes its timer away, and is never lost."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from kairos_chassis.clock import FrozenClock
from kairos_chassis.db import Database, Transaction
from kairos_chassis.errors import Kind
from kairos_chassis.rounds import RoundsNotReadyError
from kairos_chassis.statements import statement
from kairos_chassis.timer_worker import TimerWorker
from kairos_chassis.timers import (
    FIRST_RETRY,
    LONGEST_RETRY,
    Due,
    Timers,
    cancel,
    run_due,
    schedule,
    schedule_elapsed,
)
from sqlalchemy import bindparam, select

from .conftest import NOON, thing

MINUTE = timedelta(minutes=1)
NAMES = statement(select(thing.c.name).where(thing.c.version == bindparam("version")))


class AlreadyDone(Exception):
    """There is nothing left to do."""

    slug = "already_done"
    kind = Kind.CONFLICT


class Doer:
    """Timers whose handler leaves a row, and fails as often as it is told to."""

    def __init__(self, clock: FrozenClock, network: UUID) -> None:
        self.clock, self.network = clock, network
        self.kind = f"test.{uuid4().hex}"
        self.timers = Timers("test")
        self.timers.on(self.kind)(self.handle)
        self.failures: list[Exception] = []
        self.seen: list[Due] = []

    async def handle(self, due: Due, tx: Transaction) -> None:
        self.seen.append(due)
        name = f"{due.subject_id}{due.data.get('step', 0)}"
        tx.insert(thing, id=uuid4(), network_id=tx.network, name=name, version=self.mark)
        await tx.flush()
        if self.failures:
            raise self.failures.pop(0)
        if due.data.get("again"):
            schedule(tx, self.kind, due.subject_id, due.due_at + MINUTE, data={"step": 1})

    @property
    def mark(self) -> int:
        return int(self.kind[-6:], 16)


@pytest.fixture
def doer(db: Database) -> Doer:
    clock = db.clock
    assert isinstance(clock, FrozenClock)
    return Doer(clock, uuid4())


async def set_timer(db: Database, doer: Doer, subject: UUID, at: datetime, **data: int) -> None:
    async with db.transaction(doer.network) as tx:
        schedule(tx, doer.kind, subject, at, patient_id=subject, data=data)


async def effects(db: Database, doer: Doer) -> list[str]:
    async with db.transaction(doer.network) as tx:
        return [row["name"] for row in await tx.fetch(NAMES, version=doer.mark)]


async def test_a_timer_runs_at_its_time_and_not_before(db: Database, doer: Doer) -> None:
    subject = uuid4()
    await set_timer(db, doer, subject, NOON + MINUTE)

    doer.clock.at = NOON + MINUTE - timedelta(microseconds=1)
    assert await run_due(db, doer.timers) == 0
    doer.clock.at = NOON + MINUTE
    assert await run_due(db, doer.timers) == 1
    assert await run_due(db, doer.timers) == 0

    assert doer.seen == [
        Due(kind=doer.kind, subject_id=subject, due_at=NOON + MINUTE, patient_id=subject, data={})
    ]
    assert await effects(db, doer) == [f"{subject}0"]


async def test_a_timer_and_its_cause_both_or_neither(db: Database, doer: Doer) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.transaction(doer.network) as tx:
            schedule(tx, doer.kind, uuid4(), NOON)
            await tx.flush()
            _ = 1 / 0

    assert await run_due(db, doer.timers) == 0


async def test_scheduled_again_is_moved_and_cancelled_is_gone(db: Database, doer: Doer) -> None:
    moved, gone = uuid4(), uuid4()
    await set_timer(db, doer, moved, NOON)
    await set_timer(db, doer, gone, NOON)
    async with db.transaction(doer.network) as tx:
        cancel(tx, doer.kind, gone)
        schedule(tx, doer.kind, moved, NOON + MINUTE)

    assert await run_due(db, doer.timers) == 0
    doer.clock.at = NOON + MINUTE
    await run_due(db, doer.timers)

    assert [due.subject_id for due in doer.seen] == [moved]


async def test_nobody_can_cancel_a_timer_of_another_network(db: Database, doer: Doer) -> None:
    subject = uuid4()
    await set_timer(db, doer, subject, NOON)
    async with db.transaction(uuid4()) as tx:
        cancel(tx, doer.kind, subject)

    assert await run_due(db, doer.timers) == 1


async def test_what_fails_leaves_nothing_and_comes_again_ever_more_slowly(
    db: Database, doer: Doer
) -> None:
    subject = uuid4()
    doer.failures = [ValueError("first"), ValueError("second")]
    await set_timer(db, doer, subject, NOON)

    assert await run_due(db, doer.timers) == 0
    assert await effects(db, doer) == []
    assert await run_due(db, doer.timers) == 0
    assert len(doer.seen) == 1

    doer.clock.at = NOON + timedelta(seconds=1)
    await run_due(db, doer.timers)
    assert len(doer.seen) == 2
    doer.clock.at = NOON + timedelta(seconds=2)
    await run_due(db, doer.timers)
    assert len(doer.seen) == 2

    doer.clock.at = NOON + LONGEST_RETRY
    assert await run_due(db, doer.timers) == 1
    assert doer.seen[-1].due_at == NOON
    assert await effects(db, doer) == [f"{subject}0"]


async def test_one_that_fails_holds_no_other_up(db: Database, doer: Doer) -> None:
    doer.failures = [ValueError()]
    await set_timer(db, doer, uuid4(), NOON - MINUTE)
    await set_timer(db, doer, uuid4(), NOON)

    assert await run_due(db, doer.timers) == 1


async def test_a_conflict_is_done(db: Database, doer: Doer) -> None:
    doer.failures = [AlreadyDone()]
    await set_timer(db, doer, uuid4(), NOON)

    assert await run_due(db, doer.timers) == 1
    doer.clock.at = NOON + LONGEST_RETRY
    assert await run_due(db, doer.timers) == 0
    assert await effects(db, doer) == []


async def test_a_handler_may_set_the_same_timer_anew(db: Database, doer: Doer) -> None:
    subject = uuid4()
    await set_timer(db, doer, subject, NOON, again=1)

    assert await run_due(db, doer.timers) == 1
    doer.clock.at = NOON + MINUTE
    assert await run_due(db, doer.timers) == 1
    assert sorted(await effects(db, doer)) == [f"{subject}0", f"{subject}1"]


async def test_two_workers_run_each_timer_once(db: Database, doer: Doer) -> None:
    for _ in range(20):
        await set_timer(db, doer, uuid4(), NOON)

    ran = await asyncio.gather(run_due(db, doer.timers), run_due(db, doer.timers))

    assert sum(ran) == 20
    assert len(set(await effects(db, doer))) == len(await effects(db, doer)) == 20


def test_a_kind_has_one_handler(doer: Doer) -> None:
    with pytest.raises(ValueError, match="already has a handler"):
        doer.timers.on(doer.kind)(doer.handle)


@pytest.fixture
async def worker(db: Database, doer: Doer) -> AsyncIterator[TimerWorker]:
    stuck = asyncio.Event()
    made = TimerWorker(db, doer.timers, stuck.set)
    yield made
    await made.stop()
    assert not stuck.is_set()


async def test_the_worker_runs_what_is_due_until_it_is_stopped(
    db: Database, doer: Doer, worker: TimerWorker
) -> None:
    with pytest.raises(RoundsNotReadyError):
        await worker.check()
    await set_timer(db, doer, uuid4(), NOON)
    await worker.start()
    async with asyncio.timeout(10):
        while not doer.seen:  # noqa: ASYNC110 - the worker tells nobody
            await asyncio.sleep(0.01)

    await worker.check()
    await worker.stop()
    with pytest.raises(RoundsNotReadyError):
        await worker.check()


async def test_a_worker_that_breaks_asks_for_a_new_process(db: Database, doer: Doer) -> None:
    stuck = asyncio.Event()
    broken = TimerWorker(db, doer.timers, stuck.set)
    broken._timers = None  # type: ignore[assignment]
    await broken.start()

    async with asyncio.timeout(10):
        await stuck.wait()
    with pytest.raises(RoundsNotReadyError):
        await broken.check()


@pytest.mark.parametrize("jump", [timedelta(hours=-2), timedelta(hours=2)])
async def test_timer_of_elapsed_time_goes_by_what_passed(
    db: Database, doer: Doer, jump: timedelta
) -> None:
    subject = await elapsed(db, doer)
    doer.clock.jump(jump)
    doer.clock.advance(timedelta(seconds=59))
    await run_due(db, doer.timers)
    early = list(doer.seen)
    doer.clock.advance(timedelta(seconds=1))
    await run_due(db, doer.timers)

    assert early == []
    assert [one.subject_id for one in doer.seen] == [subject]


async def test_timer_of_another_boot_goes_by_the_date(db: Database, doer: Doer) -> None:
    await elapsed(db, doer)
    boot, doer.clock.boot = doer.clock.boot, "another"
    try:
        doer.clock.jump(MINUTE)
        await run_due(db, doer.timers)
    finally:
        doer.clock.boot = boot

    assert len(doer.seen) == 1


async def test_timer_of_elapsed_time_that_failed_comes_again(db: Database, doer: Doer) -> None:
    await elapsed(db, doer)
    doer.failures = [ValueError()]
    doer.clock.advance(MINUTE)
    await run_due(db, doer.timers)
    await run_due(db, doer.timers)
    tried = len(doer.seen)
    doer.clock.advance(FIRST_RETRY)
    await run_due(db, doer.timers)

    assert (tried, len(doer.seen)) == (1, 2)


async def elapsed(db: Database, doer: Doer) -> UUID:
    """A timer of a minute."""
    doer.timers = Timers("test")
    doer.timers.on(doer.kind, elapsed=True)(doer.handle)
    subject = uuid4()
    async with db.transaction(doer.network) as tx:
        schedule_elapsed(tx, doer.kind, subject, MINUTE)
    return subject
