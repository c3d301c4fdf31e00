"""placeholder replaced once the consumer lands"""
from typing import Any


class Worker:
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def check(self) -> None: ...
def make_worker(*a: Any) -> Worker:
    return Worker()
