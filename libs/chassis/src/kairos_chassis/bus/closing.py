"""Ending clients of a broker that may no longer answer."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import structlog
from aiokafka.errors import KafkaError

PATIENCE_SECONDS: Final = 3.0

log = structlog.get_logger(__name__)


async def close_quietly(
    closing: Coroutine[Any, Any, None], *, patience: float = PATIENCE_SECONDS
) -> None:
    """Await a client's own ending for so many seconds; what it could not say is no loss.

    Everything that must survive is in the database, so nothing is lost by cutting it short.
    """
    try:
        async with asyncio.timeout(patience):
            await closing
    except (KafkaError, OSError) as error:
        log.info("client_cut_short", error=type(error).__name__)
    except asyncio.CancelledError:
        # aiokafka's consumer cancels its own fetches and lets that escape from stop().
        us = asyncio.current_task()
        if us is not None and us.cancelling():
            raise
        log.info("client_cut_short", error="CancelledError")
