"""The journeys: a first dosing day and a withdrawal, the whole way from day -14 to 90, and the
course of it booked by one call."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from kairos_cli.demo.acts import (
    afterwards,
    booking,
    clinic_b,
    courses,
    dosing_day,
    outcome,
    proof,
    referral,
    screening,
    series,
    therapy,
)
from kairos_cli.demo.people import PATIENCE_S
from kairos_cli.demo.stage import Audience, Stage, Step
from kairos_cli.demo.tap import Tap
from kairos_cli.demo.words import ChartWords, PrivateWords, Words
from kairos_cli.demo.world import World
from kairos_cli.platform import Platform

_ANSWER_S = 15.0
Acts = tuple[Callable[[World], None], ...]
_BEFORE: Acts = (
    booking.prepare,
    screening.register,
    booking.refuse_uncleared,
    screening.play,
)
_FIRST_DOSE: Acts = (booking.play, booking.check_in, dosing_day.play)
FIRST_DAY: Acts = (*_BEFORE, *_FIRST_DOSE, afterwards.integrate, afterwards.withdraw)
COURSE: Acts = (
    booking.prepare,
    screening.register,
    screening.play,
    courses.play,
)
WHOLE: Acts = (
    _BEFORE[0],
    clinic_b.open_clinic,
    _BEFORE[1],
    referral.take,
    *_BEFORE[2:],
    outcome.baseline,
    booking.play,
    therapy.prepare,
    *_FIRST_DOSE[1:],
    series.by_injection,
    series.by_lozenge,
    outcome.end,
    outcome.follow,
    proof.prove,
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
    acts: Acts = FIRST_DAY,
    words: Words | None = None,
    private: PrivateWords | None = None,
    chart: ChartWords | None = None,
    patience_s: float = PATIENCE_S,
) -> Played:
    """Play a journey against a running platform, in a new network.

    `between` is called before each act with its number: whoever wants to disturb, may.
    `patience_s` is how long an unanswered request is repeated and an effect is waited for.
    """
    network = uuid.uuid4()
    tap = Tap(lambda: platform.bootstrap, network)
    stage = Stage(audience, platform.clock.now, tap.types, patience_s)
    fault = ""
    with httpx.Client(timeout=_ANSWER_S, trust_env=False) as client:
        world = World(
            platform,
            stage,
            network,
            client,
            words=words or Words(),
            private=private or PrivateWords(),
            chart=chart or ChartWords(),
            patience_s=patience_s,
        )
        tap.start()
        try:
            for number, act in enumerate(acts):
                between(number)
                act(world)
            tap.settle()
        except Exception as error:
            fault = str(error) or type(error).__name__
        finally:
            tap.stop()
    repeats = sum(person.repeats for person in world.people.values())
    return Played(network, stage.steps, tap.types(), tap.repeats, repeats, fault, world)
