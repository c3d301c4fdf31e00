"""The whole journey: one patient's first dosing day, the day after, and a withdrawal."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from kairos_cli.demo.acts import afterwards, booking, dosing_day, screening
from kairos_cli.demo.people import PATIENCE_S
from kairos_cli.demo.stage import Audience, Stage, Step
from kairos_cli.demo.tap import Tap
from kairos_cli.demo.words import Words
from kairos_cli.demo.world import World
from kairos_cli.platform import Platform

_ANSWER_S = 15.0
_ACTS: tuple[Callable[[World], None], ...] = (
    booking.prepare,
    screening.register,
    booking.refuse_uncleared,
    screening.play,
    booking.play,
    booking.check_in,
    dosing_day.play,
    afterwards.integrate,
    afterwards.withdraw,
)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it."""

    network: uuid.UUID
    steps: list[Step]
    events: list[str]
    event_repeats: int
    request_repeats: int
    fault: str
    world: World

    @property
    def well(self) -> bool:
        """Whether everything went as the journey expects."""
        return not self.fault


def play(
    platform: Platform,
    audience: Audience,
    between: Callable[[int], None] = lambda _: None,
    *,
    words: Words | None = None,
    patience_s: float = PATIENCE_S,
) -> Played:
    """Play the journey against a running platform, in a new network.

    `between` is called before each act with its number: whoever wants to disturb, may.
    `patience_s` is how long an unanswered request is repeated and an effect is waited for.
    """
    network = uuid.uuid4()
    tap = Tap(lambda: platform.bootstrap, network)
    stage = Stage(audience, platform.clock.now, tap.types, patience_s)
    fault = ""
    with httpx.Client(timeout=_ANSWER_S, trust_env=False) as client:
        world = World(platform, stage, network, client, words or Words(), patience_s)
        tap.start()
        try:
            for number, act in enumerate(_ACTS):
                between(number)
                act(world)
        except Exception as error:
            fault = str(error) or type(error).__name__
        finally:
            tap.stop()
    repeats = sum(person.repeats for person in world.people.values())
    return Played(network, stage.steps, tap.types(), tap.repeats, repeats, fault, world)
