"""What routes reach through `call.deps`."""

from dataclasses import dataclass

from kairos_chassis.bus.freshness import Freshness
from kairos_chassis.clock import Clock
from kairos_chassis.db import Database

from dosing.intake_client import IntakeClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """Built once, in `wiring`."""

    db: Database
    clock: Clock
    intake: IntakeClient
    freshness: Freshness
