"""Whether the patient may leave: every criterion named, all that fail reported at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from dosing.domain.elapsed import watched
from dosing.domain.observation import Observation, Readings
from dosing.domain.protocol import DischargeCriteria, Protocol
from dosing.domain.session import Session, State


class IdDocument(StrEnum):
    """What an escort identified themselves with. Its number is not kept."""

    DRIVING_LICENCE = "driving_licence"
    PASSPORT = "passport"
    STATE_ID = "state_id"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What the signing clinician attests at the door."""

    escort_present: bool
    escort_id: IdDocument | None
    instructions_given: bool
    crisis_number_given: bool
    no_driving_agreed: bool
    new_suicidal_ideation: bool  # C-SSRS since last contact, questions 3 to 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a discharge is judged by."""

    session: Session
    protocol: Protocol
    baseline: Observation | None  # the one the dose was given on
    observations: Sequence[Observation]  # after the first dose, oldest first
    leaving: Leaving
    held_mg: Decimal  # drawn for this session and accounted for by nothing
    concern_open: bool
    infusing: bool
    elapsed: timedelta | None  # since the first dose, by what has passed and not by the date
    since_last: timedelta | None  # since the end of the last, likewise
    now: datetime


def failing(facts: Facts) -> tuple[str, ...]:
    """The criteria that do not hold; empty means the patient may leave."""
    return (
        *_watch(facts),
        *(("infusion_running",) if facts.infusing else ()),
        *signs_failing(facts.observations, facts.baseline, facts.protocol.discharge, facts.now),
        *_door(facts.leaving),
        *(("safety_concern_open",) if facts.concern_open else ()),
        *(("draw_unreconciled",) if facts.held_mg != 0 else ()),
    )


def _watch(facts: Facts) -> Iterator[str]:
    session = facts.session
    if session.state not in (State.MONITORING, State.DISCHARGEABLE):
        yield "session_not_monitored"
    watch = facts.protocol.watch
    seen = [timedelta(minutes=one.minutes_since_first_dose or 0) for one in facts.observations]
    if facts.elapsed is None or watched(seen, facts.elapsed, watch.stale_after) < watch.minimum:
        yield "minimum_watch"
    after_end, since = watch.after_end_minimum, facts.since_last
    if after_end is not None and (since is None or since < after_end):
        yield "minimum_watch_after_end"


def signs_failing(
    observations: Sequence[Observation],
    baseline: Observation | None,
    limits: DischargeCriteria,
    at: datetime,
) -> tuple[str, ...]:
    """Which of the patient's own signs keep them here at that moment."""
    return tuple(_signs(observations, baseline, limits, at))


def _signs(
    observations: Sequence[Observation],
    baseline: Observation | None,
    limits: DischargeCriteria,
    at: datetime,
) -> Iterator[str]:
    fresh = [o for o in observations if at - o.observed_at <= limits.fresh]
    if not fresh:
        yield "vitals_stale"
    now = _newest(fresh)
    base = Readings() if baseline is None else baseline.readings
    aldrete = now.aldrete
    if aldrete is None or aldrete.total < limits.aldrete_minimum:
        yield "aldrete"
    elif min(aldrete.items) < limits.aldrete_item_minimum:
        yield "aldrete_item"
    if not _alert(observations, limits, at):
        yield "moaas"
    rests = _at_rest(now, limits)
    if not rests and (_rising(observations) or not _near(now, base, limits)):
        yield "blood_pressure"
    if not _at_least(now.spo2_percent, base.spo2_percent, -limits.spo2_below_baseline_percent):
        yield "spo2"
    if not _at_least(base.cadss6, now.cadss6, -limits.cadss6_over_baseline):
        yield "cadss6"
    if now.orientation is None or now.orientation < limits.orientation:
        yield "orientation"
    if now.gait_steady is not True:
        yield "gait"
    if now.nausea is None or now.nausea > limits.nausea_maximum:
        yield "nausea"


def _at_least(value: int | None, than: int | None, offset: int) -> bool:
    return value is not None and than is not None and value >= than + offset


def _alert(observations: Sequence[Observation], limits: DischargeCriteria, now: datetime) -> bool:
    """The newest unbroken run of full alertness spans the time asked for, and lasts until now."""
    run: list[datetime] = []
    for one in reversed(observations):
        if one.readings.moaas is None:
            continue
        if one.readings.moaas < limits.moaas:
            break
        run.append(one.observed_at)
    if not run or now - run[0] > limits.fresh:
        return False
    return run[0] - run[-1] >= limits.moaas_apart


def pressure_acceptable(now: Readings, base: Readings, limits: DischargeCriteria) -> bool:
    """Whether a blood pressure is one to leave with: low enough, or near that before the dose.

    For a discharge one that is only near has to be falling too (clinical reference 3).
    """
    return _at_rest(now, limits) or _near(now, base, limits)


def _at_rest(now: Readings, limits: DischargeCriteria) -> bool:
    upper, lower = now.systolic_mmhg, now.diastolic_mmhg
    if upper is None or lower is None:
        return False
    return upper <= limits.bp_systolic_mmhg and lower <= limits.bp_diastolic_mmhg


def _near(now: Readings, base: Readings, limits: DischargeCriteria) -> bool:
    upper, lower = now.systolic_mmhg, now.diastolic_mmhg
    if upper is None or lower is None:
        return False
    if base.systolic_mmhg is None or base.diastolic_mmhg is None:
        return False
    percent = 100 + limits.bp_over_baseline_percent
    return (
        upper * 100 <= base.systolic_mmhg * percent and lower * 100 <= base.diastolic_mmhg * percent
    )


def _rising(observations: Sequence[Observation]) -> bool:
    """Whether either value is above that of the reading before. A single reading falls nowhere."""
    taken = [
        (o.readings.systolic_mmhg, o.readings.diastolic_mmhg)
        for o in observations
        if o.readings.systolic_mmhg is not None and o.readings.diastolic_mmhg is not None
    ]
    if len(taken) < 2:
        return True
    before, now = taken[-2:]
    return now[0] > before[0] or now[1] > before[1]


def _newest(observations: Sequence[Observation]) -> Readings:
    """Each sign by its newest reading, so that a lone worse one is not overlooked."""
    merged: dict[str, object] = {}
    for one in observations:
        for name in Readings.__slots__:
            value = getattr(one.readings, name)
            if value is not None:
                merged[name] = value
    return Readings(**merged)  # type: ignore[arg-type]


def _door(leaving: Leaving) -> Iterator[str]:
    if not leaving.escort_present:
        yield "escort_absent"
    if leaving.escort_id is None:
        yield "escort_not_identified"
    if not leaving.instructions_given or not leaving.crisis_number_given:
        yield "instructions"
    if not leaving.no_driving_agreed:
        yield "no_driving"
    if leaving.new_suicidal_ideation:
        yield "suicide_screen"
