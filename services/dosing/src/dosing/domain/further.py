"""The next part of a dose that was begun: another device, another lozenge."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from dosing.domain.dose import GivenDose
from dosing.domain.protocol import DoseLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the session has had so far, and what speaks against more."""

    given: Sequence[GivenDose] = ()  # oldest first
    infusing: bool = False
    stopped: bool = False  # no more drug in this session
    alert_unanswered: bool = False  # one that stops drug and that nobody has acknowledged
    since_first: timedelta | None = None  # the first part, by what has passed; None before it
    since_last: timedelta | None = None

    @property
    def given_mg(self) -> Decimal:
        """What was given so far."""
        return sum((one.amount_mg for one in self.given), Decimal(0))

    @property
    def begun(self) -> bool:
        """Whether any drug has reached the patient."""
        return bool(self.given) or self.infusing


def failing(course: Course, limits: DoseLimits) -> Iterator[str]:
    """Which rules refuse more drug after the first part."""
    if course.since_first is None or course.since_last is None:
        return
    if limits.further_within is None:
        yield "session_not_ready"
        return
    if course.since_first > limits.further_within:
        yield "further_dose_too_late"
    rest = limits.device_apart
    if rest is not None and course.since_last < rest:
        yield "device_rest_not_kept"


def against(course: Course) -> Iterator[str]:
    """What refuses any drug, the first part too."""
    if course.stopped:
        yield "drug_stopped"
    if course.alert_unanswered:
        yield "alert_not_acknowledged"
    if course.infusing:
        yield "infusion_running"
