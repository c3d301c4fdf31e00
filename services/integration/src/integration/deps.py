"""What routes reach through `call.deps`."""

from dataclasses import dataclass

from kairos_chassis.clock import Clock
from kairos_chassis.db import Database

from integration.store.sealing import KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """Built once, in `wiring`."""

    db: Database
    clock: Clock
    notes: Database  # as the role that alone reaches psychotherapy notes
    ring: KeyRing
