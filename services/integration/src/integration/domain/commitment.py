"""What a patient has promised themselves, and how it goes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from integration.domain.errors import CommitmentEnded


class Practice(StrEnum):
    """Kinds of practice; clinical.md section 7."""

    JOURNAL = "journal"
    MEDITATION = "meditation"
    MOVEMENT = "movement"
    NATURE = "nature"
    ART = "art"
    SOCIAL = "social"


class CommitmentState(StrEnum):
    """Where it stands."""

    ACTIVE = "active"
    KEPT = "kept"
    LET_GO = "let_go"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """A behaviour or a practice: what, when, what may get in the way, and how sure they are."""

    id: UUID
    patient_id: UUID
    therapy_session_id: UUID | None
    practice: Practice | None
    behaviour: str
    planned: str | None  # when, in words
    barriers: str | None
    confidence: int  # 0 to 10
    times_per_week: int | None
    remind_at: datetime | None
    remind_zone: str
    reminded_at: datetime | None = None
    state: CommitmentState = CommitmentState.ACTIVE
    made_at: datetime
    version: int = 1

    def end(self, state: CommitmentState) -> "Commitment":
        """The commitment, kept or let go. Raises CommitmentEnded."""
        self.check_active()
        return replace(self, state=state, remind_at=None, version=self.version + 1)

    def remind(self, at: datetime) -> "Commitment":
        """The commitment, brought to mind; the next time is a week on, on the patient's wall."""
        self.check_active()
        coming = None if self.remind_at is None else week_later(self.remind_at, self.remind_zone)
        return replace(self, reminded_at=at, remind_at=coming, version=self.version + 1)

    def check_active(self) -> None:
        """Raises CommitmentEnded."""
        if self.state is not CommitmentState.ACTIVE:
            raise CommitmentEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentCheck:
    """How it went: so often done of so often planned."""

    id: UUID
    patient_id: UUID
    commitment_id: UUID
    done: int
    planned: int
    confidence: int | None
    noted_by: UUID
    noted_at: datetime


def adherence_percent(checks: Sequence[CommitmentCheck]) -> Decimal | None:
    """Times done of times planned over all checks, in percent, 100 at most; None without any."""
    planned = sum(check.planned for check in checks)
    if not planned:
        return None
    done = sum(min(check.done, check.planned) for check in checks)
    return (Decimal(100) * done / planned).quantize(Decimal(1), ROUND_HALF_UP)


def week_later(at: datetime, zone: str) -> datetime:
    """The same time on the wall of that zone, seven days later, whatever its clocks do."""
    local = at.astimezone(ZoneInfo(zone))
    return (local + timedelta(days=7)).astimezone(at.tzinfo)
