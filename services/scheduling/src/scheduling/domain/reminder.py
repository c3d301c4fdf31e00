"""Reminders of visits: when they are due, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class ReminderState(StrEnum):
    """What became of a reminder."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderPolicy:
    """One version of the policy."""

    version: str
    hours_before: Mapping[str, int]  # by kind
    texts: Mapping[str, Mapping[str, str]]  # by language: subject and body
    most_attempts: int
    retry_minutes: int

    def due_at(self, kind: str, starts_at: datetime) -> datetime:
        """When it is due."""
        return starts_at - timedelta(hours=self.hours_before[kind])

    def text(self, language: str) -> Mapping[str, str]:
        """Subject and body in a language; in English where there is none."""
        return self.texts.get(language, self.texts["en"])

    def retry_at(self, attempts: int, now: datetime) -> datetime:
        """When to try again after so many attempts."""
        return now + timedelta(minutes=self.retry_minutes * 2 ** (attempts - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One reminder of one visit."""

    id: UUID
    visit_id: UUID
    patient_id: UUID
    kind: str
    due_at: datetime
    changed_at: datetime
    state: ReminderState = ReminderState.DUE
    attempts: int = 0
    channel: str | None = None
    problem: str | None = None  # a code

    def send(self, *, at: datetime) -> "Reminder":
        """It goes out."""
        return replace(self, state=ReminderState.SENDING, attempts=self.attempts + 1, changed_at=at)

    def end(
        self, state: ReminderState, *, at: datetime, channel: str | None = None, problem: str | None
    ) -> "Reminder":
        """It is over, or waits for another try."""
        return replace(self, state=state, changed_at=at, channel=channel, problem=problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a sender is handed. It is kept nowhere and logged by nobody."""

    network_id: UUID
    reminder_id: UUID
    attempt: int
    address: str
    subject: str
    body: str
