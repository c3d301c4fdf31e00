"""A client's own trouble at its end never ends the loop that closes it."""

import asyncio
from collections.abc import Callable, Coroutine
from types import SimpleNamespace
from typing import Any, cast

import pytest
from kairos_chassis.bus.closing import close_quietly
from kairos_chassis.bus.worker import BusWorker, WorkerNotReadyError


async def cancelled() -> None:
    """What aiokafka's consumer does when it is stopped while its broker is away."""
    raise asyncio.CancelledError


async def test_cancellation_that_escapes_from_a_client_ends_nothing_else() -> None:
    await close_quietly(cancelled())


async def test_our_own_cancellation_is_not_swallowed() -> None:
    closing = asyncio.create_task(close_quietly(asyncio.Event().wait()))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing


def worker(
    consume: Callable[[], Coroutine[Any, Any, None]], on_stuck: Callable[[], None]
) -> BusWorker:
    def stub(run: Callable[[], Any]) -> Any:
        return SimpleNamespace(run=run, wake=lambda: None, stop=lambda: None, ready=True)

    async def wait() -> None:
        await asyncio.Event().wait()

    database = cast(Any, SimpleNamespace(wake_relay=None))
    return BusWorker(database, stub(wait), stub(wait), stub(consume), on_stuck)


async def test_a_loop_that_was_cancelled_from_within_asks_for_a_new_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kairos_chassis.bus.worker.STOP_SECONDS", 0.01)
    stuck = asyncio.Event()
    working = worker(cancelled, stuck.set)
    await working.start()
    await asyncio.wait_for(stuck.wait(), 5)
    with pytest.raises(WorkerNotReadyError):
        await working.check()
    await working.stop()


async def test_a_loop_that_is_stopped_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kairos_chassis.bus.worker.STOP_SECONDS", 0.01)
    stuck = asyncio.Event()

    async def forever() -> None:
        await asyncio.Event().wait()

    working = worker(forever, stuck.set)
    await working.start()
    await working.stop()
    assert not stuck.is_set()
