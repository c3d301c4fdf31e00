"""The processes of a round: started again when they die, as whoever runs the platform would."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from kairos_local.processes import Child

from tests.chaos.duties import Spec

ROOT = Path(__file__).resolve().parents[2]
AGAIN_AFTER_S = 0.3
STOP_S = 15.0  # what a graceful end may take


@dataclass(slots=True)
class Post:
    """A place in the crew: what runs there."""

    role: str
    spec: Spec
    child: Child | None = None
    wanted: bool = True


@dataclass(slots=True)
class Crew:
    """Relays and consumers by name."""

    folder: Path
    hands: ThreadPoolExecutor  # one thread for ever: Linux ends a child with the thread it is of
    posts: dict[str, Post] = field(default_factory=dict)
    deaths: int = 0  # how often a process had to be started again

    async def hire(self, name: str, role: str, spec: Spec) -> None:
        """Start a process and keep it running."""
        post = self.posts[name] = Post(role, spec)
        await self._spawn(name, post)

    async def dismiss(self, name: str) -> None:
        """End a process in order, for good: it must end by itself, and in time."""
        post = self.posts.pop(name)
        post.wanted = False
        if post.child is not None and post.child.alive():
            await asyncio.to_thread(post.child.stop, signal.SIGTERM, patience_s=STOP_S)
            cut_off = post.child.exit_code() == -signal.SIGKILL
            assert not cut_off or post.spec.crash_at, f"{name} did not end within {STOP_S} s"

    async def replace(self, name: str, spec: Spec) -> None:
        """The same place, told something else."""
        role = self.posts[name].role
        await self.dismiss(name)
        await self.hire(name, role, spec)

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal."""
        child = self.posts[name].child
        if child is not None:
            child.send(number)

    async def watch(self) -> None:
        """Start again what has died, until cancelled."""
        while True:
            await asyncio.sleep(0.1)
            for name, post in list(self.posts.items()):
                if post.wanted and post.child is not None and not post.child.alive():
                    self.deaths += 1
                    await asyncio.sleep(AGAIN_AFTER_S)
                    if post.wanted:
                        await self._spawn(name, post)

    async def disband(self) -> None:
        """End everything at once; the round is over."""
        for post in self.posts.values():
            post.wanted = False
            if post.child is not None:
                post.child.send(signal.SIGCONT)
                await asyncio.to_thread(post.child.stop, signal.SIGKILL, patience_s=5)

    async def _spawn(self, name: str, post: Post) -> None:
        words = ["-m", "tests.chaos.worker", post.role, json.dumps(post.spec.document())]
        log = self.folder / f"{name}.log"

        def spawn() -> Child:
            return Child([sys.executable, *words], log=log, folder=ROOT)

        post.child = await asyncio.get_running_loop().run_in_executor(self.hands, spawn)
