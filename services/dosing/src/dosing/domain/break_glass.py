"""A dose while intake cannot be asked: two clinicians, a reason, and a clearance known here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from dosing.domain.clearance import Projected
from dosing.domain.errors import SamePerson


class GlassReason(StrEnum):
    """Why the glass is broken."""

    INTAKE_OUTAGE = "intake_outage"
    NETWORK_OUTAGE = "network_outage"


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassPolicy:
    """How long a decision is good, and how old the known clearance may be; policy data."""

    good_for: timedelta
    clearance_age_max: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlass:
    """One clinician asks, another confirms; one of the two prescribes. Good for one dose."""

    id: UUID
    session_id: UUID
    patient_id: UUID
    reason: GlassReason
    explanation: str  # stays in this service: never in an event
    asked_by: UUID
    asked_at: datetime
    confirmed_by: UUID | None = None
    confirmed_at: datetime | None = None
    used_at: datetime | None = None

    def check_second(self, person: UUID) -> None:
        """Raises SamePerson for the one who asked."""
        if person == self.asked_by:
            raise SamePerson


def failing(
    glass: BreakGlass | None,
    known: Projected,
    known_as_of: datetime | None,
    policy: GlassPolicy,
    now: datetime,
) -> Iterator[str]:
    """Which rules refuse a dose that intake could not be asked about."""
    if glass is None or glass.used_at is not None:
        yield "intake_unreachable"
        return
    if glass.confirmed_at is None:
        yield "break_glass_not_confirmed"
    elif now - glass.confirmed_at > policy.good_for:
        yield "break_glass_expired"
    if not known.cleared_at(now):
        yield "break_glass_not_cleared"
    if known_as_of is None or now - known_as_of > policy.clearance_age_max:
        yield "break_glass_clearance_too_old"
