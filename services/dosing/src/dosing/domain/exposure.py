"""What a patient has been given over time, over the whole network and by every route."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from dosing.domain.protocol import ExposureLimits

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDose:
    """One dose that was given. Milligrams of base."""

    session_id: UUID
    route: str
    amount_mg: Decimal
    bioavailability: Decimal  # of its route, by the protocol it was given under
    weight_kg: Decimal
    given_at: datetime
    tolerated: bool  # its session was neither stopped nor followed by a severe adverse event


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All doses of a patient, oldest first, and when a prescriber last reviewed the need."""

    doses: Sequence[PastDose] = ()
    reviewed_at: datetime | None = None

    @property
    def sessions(self) -> list[list[PastDose]]:
        """The doses by session."""
        return [list(of) for _, of in groupby(self.doses, key=lambda one: one.session_id)]

    @property
    def total_mg(self) -> Decimal:
        """All that was given, by every route together."""
        return sum((one.amount_mg for one in self.doses), Decimal(0))

    def sessions_since(self, since: datetime | None) -> int:
        """Sessions whose first dose was given after `since`; None counts all."""
        return sum(since is None or of[0].given_at > since for of in self.sessions)

    def last_tolerated(self) -> list[PastDose]:
        """The doses of the last session that was tolerated; empty if there is none."""
        for of in reversed(self.sessions):
            if all(one.tolerated for one in of):
                return of
        return []


def ratio_above(
    equivalent_mg: Decimal, kg: Decimal, limit: Decimal, last: Sequence[PastDose]
) -> bool:
    """Whether a dose is above `limit` times the last session, without dividing: 2.0 is not above.

    `equivalent_mg` is the dose times its bioavailability.
    """
    weight = last[0].weight_kg
    before = sum((one.amount_mg * one.bioavailability for one in last), Decimal(0))
    return equivalent_mg * weight > limit * before * kg


def failing(
    history: History, limits: ExposureLimits, now: datetime, route: str | None = None
) -> Iterator[tuple[str, bool]]:
    """Rules on frequency and review that another session breaks, each with whether it is hard.

    `route` is that of the session; an induction is counted from its first one (None: of any).
    """
    this_week = history.sessions_since(now - _WEEK) + 1
    soft = limits.soft_per_7_days
    if _inducted(history, limits, now, route):
        soft = limits.soft_per_7_days_after_induction
    if limits.hard_per_7_days is not None and this_week > limits.hard_per_7_days:
        yield "weekly_sessions_above_hard_stop", True
    elif soft is not None and this_week > soft:
        yield "weekly_sessions_above_soft_stop", False
    if _review_due(history, limits, now):
        yield "exposure_review_due", False


def _inducted(history: History, limits: ExposureLimits, now: datetime, route: str | None) -> bool:
    """Whether the weeks are over in which the label has it given more often."""
    by_route = [one.given_at for one in history.doses if route in (None, one.route)]
    return limits.induction is not None and bool(by_route) and now - by_route[0] >= limits.induction


def _review_due(history: History, limits: ExposureLimits, now: datetime) -> bool:
    unreviewed = [
        of
        for of in history.sessions
        if history.reviewed_at is None or of[0].given_at > history.reviewed_at
    ]
    if not unreviewed:
        return False
    since = history.reviewed_at or unreviewed[0][0].given_at
    return len(unreviewed) >= limits.review_after_sessions or now - since >= limits.review_after
