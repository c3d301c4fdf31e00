"""What routes reach through `call.deps`."""

from dataclasses import dataclass

from kairos_chassis.clock import Clock
from kairos_chassis.db import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """Built once, in `wiring`."""

    db: Database
    clock: Clock
