"""Calls that are owed after a session."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Occasion(StrEnum):
    """What makes a call owed."""

    FIRST_DOSE = "first_dose"
    DEPARTURE = "departure"
    TRANSFER = "transfer"
    ADVERSE_EVENT = "adverse_event"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRule:
    """One line of the policy."""

    kind: str
    when: Occasion
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A call that is owed; integration makes it."""

    id: UUID
    patient_id: UUID
    session_id: UUID
    site_id: UUID
    kind: str
    due_at: datetime
    requested_at: datetime
