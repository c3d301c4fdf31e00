"""What dies is started again, with growing pauses; what only dies is given up."""

from __future__ import annotations

from dataclasses import dataclass, field

from kairos_cli.keeper import ATTEMPTS, FIRST_PAUSE_S, LONGEST_PAUSE_S, Keeper
from kairos_local.errors import CannotStart


@dataclass
class Puppet:
    """A process that is what a test says it is."""

    name: str = "puppet"
    address: str = "nowhere"
    pid: int | None = None
    is_alive: bool = True
    is_ready: bool = True
    spawned: int = 0
    fails: bool = False

    def spawn(self) -> None:
        self.spawned += 1
        if self.fails:
            raise CannotStart("no luck", "none")

    def ready(self) -> bool:
        return self.is_alive and self.is_ready

    def alive(self) -> bool:
        return self.is_alive

    def stop(self) -> None:
        self.is_alive = False


@dataclass
class Scene:
    """A keeper under a clock that the test moves."""

    time: float = 0.0
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keeper = Keeper(report=self.said.append, now=lambda: self.time)

    def pass_time(self, seconds: float) -> None:
        self.time += seconds
        self.keeper.tend()


def test_a_death_is_followed_by_a_start_after_a_pause() -> None:
    scene, puppet = Scene(), Puppet()
    kept = scene.keeper.adopt(puppet)
    scene.pass_time(0)
    puppet.is_alive = False
    scene.pass_time(0)
    scene.pass_time(FIRST_PAUSE_S / 2)
    assert puppet.spawned == 0
    scene.pass_time(FIRST_PAUSE_S)
    assert (puppet.spawned, kept.restarts) == (1, 1)


def test_pauses_grow_to_a_limit_and_end_in_giving_up() -> None:
    scene, puppet = Scene(), Puppet(is_alive=False)
    kept = scene.keeper.adopt(puppet)
    pauses = []
    while not kept.gave_up:
        scene.pass_time(0)
        if kept.start_at is not None:
            pauses.append(round(kept.start_at - scene.time, 3))
            scene.pass_time(pauses[-1])
    assert pauses[:3] == [FIRST_PAUSE_S, FIRST_PAUSE_S * 2, FIRST_PAUSE_S * 4]
    assert max(pauses) == LONGEST_PAUSE_S
    assert puppet.spawned == ATTEMPTS - 1
    assert "given up" in scene.said[-1]
    scene.pass_time(1000)
    assert puppet.spawned == ATTEMPTS - 1


def test_being_ready_once_forgives_earlier_deaths() -> None:
    scene, puppet = Scene(), Puppet()
    kept = scene.keeper.adopt(puppet)
    for _ in range(ATTEMPTS * 2):
        puppet.is_alive = False
        scene.pass_time(0)
        scene.pass_time(LONGEST_PAUSE_S)
        puppet.is_alive = True
        scene.pass_time(0)
    assert not kept.gave_up
    assert kept.restarts == ATTEMPTS * 2


def test_a_spawn_that_cannot_start_counts_as_a_death() -> None:
    scene, puppet = Scene(), Puppet(is_alive=False, fails=True)
    kept = scene.keeper.adopt(puppet)
    for _ in range(ATTEMPTS * 2):
        scene.pass_time(LONGEST_PAUSE_S)
    assert kept.gave_up
    assert kept.restarts == 0


def test_the_hook_runs_when_it_is_back_and_again_until_it_succeeds() -> None:
    scene, puppet = Scene(), Puppet()
    outcomes = [CannotStart("not yet", ""), None]
    calls = 0

    def hook() -> None:
        nonlocal calls
        calls += 1
        if (outcome := outcomes.pop(0)) is not None:
            raise outcome

    kept = scene.keeper.adopt(puppet, on_ready=hook)
    scene.pass_time(0)
    assert calls == 0, "the first start is not a return"
    puppet.is_alive = False
    scene.pass_time(0)
    puppet.is_alive = True
    scene.pass_time(LONGEST_PAUSE_S)
    scene.pass_time(0)
    assert (calls, kept.was_ready) == (1, False)
    scene.pass_time(0)
    assert (calls, kept.was_ready) == (2, True)
