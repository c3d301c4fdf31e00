"""A sign of danger between the doses."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class FlagKind(StrEnum):
    """What was seen."""

    MANIA = "mania"
    PSYCHOSIS = "psychosis"
    DEREALISATION = "derealisation"
    CRAVING = "craving"
    SUICIDALITY = "suicidality"


class Severity(StrEnum):
    """How grave it is."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class FlagOrigin(StrEnum):
    """Where it was seen."""

    THERAPIST = "therapist"
    THERAPY_SESSION = "therapy_session"
    SAFETY_CALL = "safety_call"
    JOURNAL_SCREEN = "journal_screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """One sign, as charted. `announced_at` is when the other services were told."""

    id: UUID
    patient_id: UUID
    kind: FlagKind
    severity: Severity
    origin: FlagOrigin
    raised_by: UUID | None  # None for the journal's screen
    raised_at: datetime
    announced_at: datetime | None = None
    version: int = 1

    def announce(self, at: datetime) -> "RedFlag":
        """The flag, told to the other services."""
        return replace(self, announced_at=at, version=self.version + 1)
