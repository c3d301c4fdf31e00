"""The SPRAVATO REMS Patient Monitoring Form, filled from the record (clinical reference 3).

Who the patient is and who to call is not known to this service: whoever submits adds name, date
of birth, sex and telephone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from dosing.domain.adverse_event import AdverseEvent
from dosing.domain.discharge import pressure_acceptable, signs_failing
from dosing.domain.dose import GivenDose
from dosing.domain.observation import Observation, Readings
from dosing.domain.protocol import DischargeCriteria
from dosing.domain.session import Session

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPolicy:
    """Which edition of the form is filled, and what its answers go by; policy data."""

    edition: str
    peak: timedelta
    labelled_doses_mg: tuple[Decimal, ...]
    sedation_moaas_below: int
    dissociation_cadss6_above: int
    respiratory_rate_below: int
    spo2_percent_below: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the record says."""

    session: Session
    given: Sequence[GivenDose]
    lots: Sequence[str]
    before: Observation | None  # the baseline the dose was given on
    after: Sequence[Observation]  # since the first device, oldest first
    events: Sequence[AdverseEvent]
    first_treatment: bool
    enrolled: bool  # the patient, now
    monitored_by: UUID | None  # who watched last
    watched: timedelta  # from the first device to the end, by what passed and not by the date
    discharge: DischargeCriteria


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """What the record does not hold, stated by who fills the form."""

    takes_benzodiazepine: bool
    takes_sedative_hypnotic: bool
    takes_opioid: bool
    takes_psychostimulant: bool
    takes_maoi: bool


def filled(facts: Facts, attested: Attested, policy: FormPolicy) -> dict[str, Any]:
    """The form's answers."""
    at_peak = min(
        facts.after,
        key=lambda one: abs((one.minutes_since_first_dose or 0) - policy.peak // _MINUTE),
        default=None,
    )
    last = facts.after[-1] if facts.after else None
    dose_mg = sum((one.amount_mg for one in facts.given), Decimal(0))
    return {
        "first_treatment": facts.first_treatment,
        "enrolled": facts.enrolled,
        "monitored_by": None if facts.monitored_by is None else str(facts.monitored_by),
        "site_id": str(facts.session.site_id),
        "treatment_at": None if not facts.given else facts.given[0].administered_at.isoformat(),
        "dose_mg": f"{dose_mg.normalize():f}",
        "dose": "labelled" if dose_mg in policy.labelled_doses_mg else "other",
        "devices": len(facts.given),
        "lots": list(facts.lots),
        "minutes_first_device_to_end": facts.watched // _MINUTE,
        "minutes_until_ready_without_two_hours": _ready(facts),
        "vitals_acceptable_before": _acceptable(facts.before, None, facts.discharge),
        "vitals_acceptable_at_end": _acceptable(last, facts.before, facts.discharge),
        "blood_pressure_before": _pressure(facts.before),
        "blood_pressure_at_40_minutes": _pressure(at_peak),
        "blood_pressure_at_end": _pressure(last),
        **_effects(facts.after, policy),
        "serious_adverse_events": [
            {
                "code": one.code,
                "grade": one.grade.value,
                "seriousness": list(one.seriousness),
                "onset_at": one.onset_at.isoformat(),
                "outcome": one.outcome.value,
            }
            for one in facts.events
            if one.serious
        ],
        "takes": _takes(attested),
    }


def _takes(attested: Attested) -> dict[str, bool]:
    return {
        "benzodiazepine": attested.takes_benzodiazepine,
        "sedative_hypnotic": attested.takes_sedative_hypnotic,
        "opioid": attested.takes_opioid,
        "psychostimulant": attested.takes_psychostimulant,
        "maoi": attested.takes_maoi,
    }


def _ready(facts: Facts) -> int | None:
    """At which minute every sign first allowed to leave; None: at no time that was charted."""
    for place, one in enumerate(facts.after, start=1):
        seen = facts.after[:place]
        if not signs_failing(seen, facts.before, facts.discharge, one.observed_at):
            return one.minutes_since_first_dose
    return None


def _acceptable(
    one: Observation | None, base: Observation | None, limits: DischargeCriteria
) -> bool | None:
    """By blood pressure: what a patient may leave with. None where nobody measured it."""
    if one is None or one.readings.systolic_mmhg is None:
        return None
    before = Readings() if base is None else base.readings
    return pressure_acceptable(one.readings, before, limits)


def _pressure(one: Observation | None) -> str | None:
    if one is None or one.readings.systolic_mmhg is None:
        return None
    return f"{one.readings.systolic_mmhg}/{one.readings.diastolic_mmhg}"


def _effects(after: Sequence[Observation], policy: FormPolicy) -> dict[str, dict[str, Any]]:
    def sedated(r: Readings) -> bool:
        return r.moaas is not None and r.moaas < policy.sedation_moaas_below

    def dissociated(r: Readings) -> bool:
        return r.cadss6 is not None and r.cadss6 > policy.dissociation_cadss6_above

    def depressed(r: Readings) -> bool:
        rate, saturation = r.respiratory_rate_bpm, r.spo2_percent
        slow = rate is not None and rate < policy.respiratory_rate_below
        return slow or (saturation is not None and saturation < policy.spo2_percent_below)

    return {
        "sedation": _seen(after, "sedation", sedated),
        "dissociation": _seen(after, "dissociation", dissociated),
        "respiratory_depression": _seen(after, "respiratory_depression", depressed),
    }


def _seen(
    after: Sequence[Observation], effect: str, shows: Callable[[Readings], bool]
) -> dict[str, Any]:
    minutes = [
        one.minutes_since_first_dose
        for one in after
        if shows(one.readings) or (one.readings.side_effects or {}).get(effect, 0) > 0
    ]
    return {
        "occurred": bool(minutes),
        "from_minute": minutes[0] if minutes else None,
        "until_minute": minutes[-1] if minutes else None,
    }
