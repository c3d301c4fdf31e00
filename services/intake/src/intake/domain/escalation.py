"""The clock of a safety concern: who is told when nobody takes it up. Data, with its sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.domain.concern import Concern, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Whoever `notify` names is told so many minutes after the concern was raised."""

    after_minutes: int
    notify: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """The steps for one severity, attended or not. After the last one it is told again."""

    severity: Severity
    unattended: bool
    source: str
    steps: tuple[Step, ...]
    repeat_minutes: int

    def due(self, concern: Concern, step: int) -> datetime:
        """When a step is due; steps count from 1."""
        if step <= len(self.steps):
            return concern.raised_at + timedelta(minutes=self.steps[step - 1].after_minutes)
        beyond = step - len(self.steps)
        minutes = self.steps[-1].after_minutes + beyond * self.repeat_minutes
        return concern.raised_at + timedelta(minutes=minutes)

    def next_due(self, concern: Concern, step: int, now: datetime) -> datetime:
        """When a step is due by a clock that may have stood still.

        Steps that were missed follow at once, so that the highest is soon told. Repetitions that
        were missed do not: a worker away for a weekend would tell the same a hundred times.
        """
        due = self.due(concern, step)
        if due >= now:
            return due
        return now if step <= len(self.steps) else now + timedelta(minutes=self.repeat_minutes)

    def notify(self, step: int) -> str:
        """Who is told at a step."""
        return self.steps[min(step, len(self.steps)) - 1].notify


def escalation_of(concern: Concern, offered: Sequence[Escalation]) -> Escalation:
    """The steps that a concern climbs."""
    return next(
        one
        for one in offered
        if (one.severity, one.unattended) == (concern.severity, concern.unattended)
    )
