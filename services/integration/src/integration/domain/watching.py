"""The figures by which nothing is forgotten; policy data with a source beside each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Who is asked, and when, once something was not done in time."""

    version: str
    integration_visit_types: frozenset[str]
    second_chance: timedelta
    call_within: timedelta
    review_from_misses: int
    after_care_within: timedelta
    steps: tuple[tuple[str, timedelta], ...]  # role, and how long after the step before

    def after(self, level: int) -> tuple[str, timedelta] | None:
        """Who is asked next, and after how long; None when there is nobody above."""
        return self.steps[level] if level < len(self.steps) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyCalls:
    """The calls owed after a patient's first dose."""

    version: str
    tries_before_given_up: int
    escalate_after: timedelta
    after: Mapping[str, timedelta]  # by occasion

    def owed(self, first_dose_at: datetime) -> Mapping[str, datetime]:
        """When each call is due. Hours are hours: a change of the clocks moves none of them."""
        return {occasion: first_dose_at + by for occasion, by in self.after.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlagRules:
    """Which signs are known, and how long after a dose each may still be the medicine's."""

    version: str
    quiet: Mapping[str, timedelta]

    def stands_at(self, kind: str, last_dose_at: datetime | None, now: datetime) -> datetime:
        """When the sign counts as danger: now, or once the dose no longer explains it.

        An unknown kind counts at once.
        """
        if last_dose_at is None:
            return now
        return max(now, last_dose_at + self.quiet.get(kind, timedelta()))
