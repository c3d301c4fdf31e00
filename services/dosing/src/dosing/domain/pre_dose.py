"""Whether vital signs allow a first dose (clinical reference 3, pre-dose table)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from dosing.domain.observation import Observation, Readings
from dosing.domain.protocol import PreDose


def baseline_of(observations: Sequence[Observation]) -> Observation | None:
    """The newest complete set of readings; the discharge is judged against it.

    `observations` are those before the first dose, oldest first.
    """
    return next((o for o in reversed(observations) if o.readings.complete_for_dosing), None)


def failing(
    observations: Sequence[Observation],
    limits: PreDose,
    now: datetime,
    earlier: Sequence[Observation] = (),
    noted: frozenset[UUID] = frozenset(),
) -> Iterator[str]:
    """Which rules the readings before the dose break; oldest first.

    `noted` are the repeated readings of which a prescriber has written why the benefit outweighs
    the risk: the label leaves a moderate blood pressure to the clinician [V S2]. `earlier` are
    those of the same day from other sessions: "no dose today" outlasts a session.
    """
    with_bp = [o for o in observations if o.readings.systolic_mmhg is not None]
    today = sorted((*earlier, *with_bp), key=lambda one: one.observed_at)
    if any(at_stop(o, limits) for o in today) or _high_on_repeat(today, limits):
        yield "pre_dose_bp_no_dose_today"
    yield from _blood_pressure(with_bp, limits, noted)
    baseline = baseline_of(observations)
    if baseline is None:
        yield "pre_dose_vitals_missing"
        return
    if now - baseline.observed_at > limits.fresh:
        yield "pre_dose_vitals_stale"
    # A lone pulse taken after the full set counts too: each sign by its newest reading.
    yield from _other_signs(_newest(observations), limits)


def _blood_pressure(
    readings: Sequence[Observation], limits: PreDose, noted: frozenset[UUID]
) -> Iterator[str]:
    if not readings:
        return
    held = [o for o in readings if _above(o, limits.go_systolic_mmhg, limits.go_diastolic_mmhg)]
    latest = readings[-1]
    if latest in held:
        repeated = latest.observed_at - held[0].observed_at >= limits.repeat_after
        high = _above(latest, limits.repeat_systolic_mmhg, limits.repeat_diastolic_mmhg)
        if high or not repeated or latest.id not in noted:
            yield "pre_dose_bp_hold"
    elif held and latest.observed_at - held[-1].observed_at < limits.repeat_after:
        yield "pre_dose_bp_repeat_too_soon"


def _high_on_repeat(readings: Sequence[Observation], limits: PreDose) -> bool:
    """Whether a repeat was too high, of a reading that had only to be repeated too."""
    held = [o for o in readings if _above(o, limits.go_systolic_mmhg, limits.go_diastolic_mmhg)]
    return any(
        _above(o, limits.repeat_systolic_mmhg, limits.repeat_diastolic_mmhg)
        and o.observed_at - held[0].observed_at >= limits.repeat_after
        for o in held
    )


def _above(one: Observation, systolic: int, diastolic: int) -> bool:
    upper, lower = one.readings.systolic_mmhg or 0, one.readings.diastolic_mmhg or 0
    return upper > systolic or lower > diastolic


def at_stop(one: Observation, limits: PreDose) -> bool:
    """Whether a pressure rules out a dose today and brings the prescriber to the bedside."""
    return _above(one, limits.stop_systolic_mmhg - 1, limits.stop_diastolic_mmhg - 1)


def _newest(observations: Sequence[Observation]) -> Readings:
    def last(name: str) -> int | None:
        taken = (getattr(o.readings, name) for o in reversed(observations))
        return next((value for value in taken if value is not None), None)

    return Readings(
        heart_rate_bpm=last("heart_rate_bpm"),
        spo2_percent=last("spo2_percent"),
        respiratory_rate_bpm=last("respiratory_rate_bpm"),
        moaas=last("moaas"),
    )


def _other_signs(seen: Readings, limits: PreDose) -> Iterator[str]:
    heart, breath = seen.heart_rate_bpm or 0, seen.respiratory_rate_bpm or 0
    if not limits.heart_rate_low_bpm <= heart <= limits.heart_rate_high_bpm:
        yield "pre_dose_heart_rate"
    if (seen.spo2_percent or 0) < limits.spo2_low_percent:
        yield "pre_dose_spo2"
    if not limits.respiratory_rate_low_bpm <= breath <= limits.respiratory_rate_high_bpm:
        yield "pre_dose_respiratory_rate"
    if (seen.moaas or 0) < limits.moaas_low:
        yield "pre_dose_moaas"
