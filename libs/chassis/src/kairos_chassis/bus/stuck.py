"""Keys whose next event the broker refuses for good, such as one that is too large."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import structlog

from kairos_chassis.bus import metrics
from kairos_chassis.bus.publishing import Key
from kairos_chassis.failure import Backoff, error_name

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Wait:
    backoff: Backoff
    until: float


class StuckKeys:
    """Sets refused keys aside, each with its own growing wait, while the others run on."""

    def __init__(self) -> None:
        self._waits: dict[Key, _Wait] = {}

    def any(self) -> bool:
        """Whether any key is set aside."""
        return bool(self._waits)

    def waiting(self) -> list[Key]:
        """The keys not to be tried now."""
        now = time.monotonic()
        return [key for key, wait in self._waits.items() if wait.until > now]

    def note(self, refused: Mapping[Key, Exception], passed: Iterable[Key]) -> None:
        """Remember the refused keys and forget those whose events got through."""
        for key in passed:
            if key not in refused:
                self._waits.pop(key, None)
        for key, error in refused.items():
            wait = self._waits.setdefault(key, _Wait(Backoff(), 0.0))
            wait.until = time.monotonic() + wait.backoff.next_seconds()
            log.error("relay_key_stuck", topic=key[0], error=error_name(error))
        metrics.RELAY_STUCK_KEYS.set(len(self._waits))
