"""Liveness, readiness and start-up: three questions with three different answers.

Live: the event loop turns, so restarting would not help. Ready: the database answers and the
worker, where there is one, is healthy, so traffic may come. Started: wiring is done.
"""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Check = Callable[[], Awaitable[None]]
CHECK_SECONDS = 3.0


class Probes:
    """Named readiness checks of a process. A check raises to say no."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self.started = False
        self.stopping = False

    def add(self, name: str, check: Check) -> None:
        """Ask `check` at every readiness probe."""
        self._checks[name] = check

    async def live(self, _request: Request) -> Response:
        """200 while the loop turns."""
        return JSONResponse({"status": "live"})

    async def startup(self, _request: Request) -> Response:
        """200 once the process is wired."""
        status = 200 if self.started else 503
        return JSONResponse({"status": "started" if self.started else "starting"}, status)

    async def ready(self, _request: Request) -> Response:
        """200 where every check passes; otherwise 503 and the names of those that do not."""
        failing = sorted(await self._failing()) if self.started else ["startup"]
        if self.stopping:
            failing.append("stopping")
        body = {"status": "not ready" if failing else "ready", "failing": failing}
        return JSONResponse(body, 503 if failing else 200)

    async def _failing(self) -> list[str]:
        async def ask(name: str, check: Check) -> str | None:
            try:
                async with asyncio.timeout(CHECK_SECONDS):
                    await check()
            except Exception:
                return name
            return None

        asked = [ask(name, check) for name, check in self._checks.items()]
        return [name for name in await asyncio.gather(*asked) if name is not None]
