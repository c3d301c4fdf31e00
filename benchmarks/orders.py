"""A helper process that takes orders: one JSON line in, one JSON line out."""

import asyncio
import json
import sys
from typing import Any


class OrderProcess:
    """`python -m <words>`, driven over its standard streams."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, *words: str) -> "OrderProcess":
        """Start it."""
        pipe = asyncio.subprocess.PIPE
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", *words, stdin=pipe, stdout=pipe
            )
        )

    async def give(self, order: dict[str, Any], *, within_seconds: float) -> dict[str, float]:
        """Give an order and wait for its figures. Raises TimeoutError, RuntimeError."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._process.stdin.drain()
        line = await asyncio.wait_for(self._process.stdout.readline(), within_seconds)
        if not line:
            raise RuntimeError("the helper process ended")
        result: dict[str, float] = json.loads(line)
        return result

    async def stop(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 15)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
