"""Waiting that ends early when asked to."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def wait_for_event(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, or this long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):  # `wait_for` may swallow a cancellation
            await event.wait()


async def unless(giving_up: Coroutine[Any, Any, None], work: Coroutine[Any, Any, T]) -> T | None:
    """The result of the work; None, the work being cancelled, if `giving_up` returns first."""
    working, watching = asyncio.create_task(work), asyncio.create_task(giving_up)
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, watching):
            task.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)
