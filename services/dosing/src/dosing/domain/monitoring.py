"""Which observations a session owes, and which of them are late."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from dosing.domain.observation import Observation
from dosing.domain.protocol import Watch
from dosing.domain.session import Session


class DueState(StrEnum):
    """How a due observation stands."""

    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"  # staff are warned
    ESCALATED = "escalated"  # the charge nurse is called
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueObservation:
    """One place of the schedule. Minute 0 is the baseline before the dose."""

    minute: int
    due_at: datetime | None  # None until the first dose
    state: DueState
    observation_id: UUID | None


def schedule(
    session: Session,
    observations: Iterable[Observation],
    baseline: Observation | None,
    watch: Watch,
    now: datetime,
    again_at: timedelta | None = None,
) -> list[DueObservation]:
    """The whole schedule of a session as of `now`, with what is due besides; see `next_due`."""
    after = [o for o in observations if o.minutes_since_first_dose is not None]
    places = [
        _baseline(baseline) if minute == 0 else _place(minute, session, after, watch, now)
        for minute in watch.schedule_minutes
    ]
    taken = [timedelta(minutes=o.minutes_since_first_dose or 0) for o in after]
    due = next_due(watch, taken, again_at)
    if session.first_dose_at is None or due is None or due == next_due(watch, taken):
        return places
    due_at = session.first_dose_at + due
    besides = DueObservation(
        minute=due // timedelta(minutes=1),
        due_at=due_at,
        state=_lateness(now - due_at, watch),
        observation_id=None,
    )
    return sorted((*places, besides), key=lambda one: one.minute)


def _baseline(baseline: Observation | None) -> DueObservation:
    return DueObservation(
        minute=0,
        due_at=None,
        state=DueState.DUE if baseline is None else DueState.DONE,
        observation_id=None if baseline is None else baseline.id,
    )


def _place(
    minute: int, session: Session, after: list[Observation], watch: Watch, now: datetime
) -> DueObservation:
    if session.first_dose_at is None:
        return DueObservation(
            minute=minute, due_at=None, state=DueState.UPCOMING, observation_id=None
        )
    due_at = session.first_dose_at + timedelta(minutes=minute)
    following = [m for m in watch.schedule_minutes if m > minute]
    until = session.first_dose_at + timedelta(minutes=following[0]) if following else None
    # An observation counts for one place: from shortly before its time to where the next begins.
    taken = next(
        (
            o
            for o in after
            if o.observed_at >= due_at - watch.early
            and (until is None or o.observed_at < until - watch.early)
        ),
        None,
    )
    state = DueState.DONE if taken is not None else _lateness(now - due_at, watch)
    return DueObservation(
        minute=minute,
        due_at=due_at,
        state=state,
        observation_id=None if taken is None else taken.id,
    )


def _lateness(late: timedelta, watch: Watch) -> DueState:
    if late < timedelta(0):
        return DueState.UPCOMING
    if late >= watch.escalate_after:
        return DueState.ESCALATED
    return DueState.OVERDUE if late >= watch.warn_after else DueState.DUE


def next_due(
    watch: Watch, taken_after: Sequence[timedelta], again_at: timedelta | None = None
) -> timedelta | None:
    """How long after the first dose the next observation is due that has not been taken.

    None once nothing is owed. `taken_after` are the times since the first dose at which somebody
    observed. `again_at` is when somebody has to look again because of what was read last.
    """
    due = _next_place(watch, max(taken_after, default=timedelta(0)))
    return min((at for at in (due, again_at) if at is not None), default=None)


def _next_place(watch: Watch, last: timedelta) -> timedelta | None:
    for minute in watch.schedule_minutes:
        place = timedelta(minutes=minute)
        if minute and place > last + watch.early:
            return place
    if watch.repeat_every is None:
        return None
    return last + watch.repeat_every
