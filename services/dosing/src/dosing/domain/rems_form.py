"""The SPRAVATO REMS Patient Monitoring Form, filled from the record (clinical reference 3).

Who the patient is and who to call is not known to this service: whoever submits adds name, date
of birth and telephone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from dosing.domain.adverse_event import AdverseEvent
from dosing.domain.dose import GivenDose
from dosing.domain.observation import Observation
from dosing.domain.session import Session

FORM_VERSION: Final = "PMF-11/2021"
_AT_PEAK: Final = 40  # minutes; V S2, V S4


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the record says."""

    session: Session
    given: Sequence[GivenDose]
    lots: Sequence[str]
    before: Observation | None
    after: Sequence[Observation]
    events: Sequence[AdverseEvent]
    first_treatment: bool
    minutes_watched: int
    ready_at_minute: int | None  # when the patient would have been ready without the two hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """What the record does not hold, stated by who fills the form."""

    takes_benzodiazepine: bool
    takes_sedative_hypnotic: bool
    takes_opioid: bool
    takes_psychostimulant: bool
    takes_maoi: bool


def filled(facts: Facts, attested: Attested) -> dict[str, Any]:
    """The form's answers."""
    at_peak = min(
        facts.after,
        key=lambda one: abs((one.minutes_since_first_dose or 0) - _AT_PEAK),
        default=None,
    )
    last = facts.after[-1] if facts.after else None
    return {
        "first_treatment": facts.first_treatment,
        "site_id": str(facts.session.site_id),
        "treatment_at": None if not facts.given else facts.given[0].administered_at.isoformat(),
        "dose_mg": f"{sum(one.amount_mg for one in facts.given):f}",
        "devices": len(facts.given),
        "lots": list(facts.lots),
        "minutes_first_device_to_end": facts.minutes_watched,
        "minutes_until_ready_without_two_hours": facts.ready_at_minute,
        "blood_pressure_before": _pressure(facts.before),
        "blood_pressure_at_40_minutes": _pressure(at_peak),
        "blood_pressure_at_end": _pressure(last),
        "sedation": _seen(facts.after, "sedation", lambda o: (o.readings.moaas or 5) < 5),
        "dissociation": _seen(facts.after, "dissociation", lambda o: (o.readings.cadss6 or 0) > 4),
        "respiratory_depression": _seen(
            facts.after,
            "respiratory_depression",
            lambda o: (
                (o.readings.respiratory_rate_bpm or 12) < 8 or (o.readings.spo2_percent or 100) < 90
            ),
        ),
        "serious_adverse_events": [
            {"code": one.code, "grade": one.grade.value, "outcome": one.outcome.value}
            for one in facts.events
            if one.serious
        ],
        "takes": {
            "benzodiazepine": attested.takes_benzodiazepine,
            "sedative_hypnotic": attested.takes_sedative_hypnotic,
            "opioid": attested.takes_opioid,
            "psychostimulant": attested.takes_psychostimulant,
            "maoi": attested.takes_maoi,
        },
    }


def _pressure(one: Observation | None) -> str | None:
    if one is None or one.readings.systolic_mmhg is None:
        return None
    return f"{one.readings.systolic_mmhg}/{one.readings.diastolic_mmhg}"


def _seen(after: Sequence[Observation], effect: str, shows: Any) -> dict[str, Any]:
    minutes = [
        one.minutes_since_first_dose
        for one in after
        if shows(one) or (one.readings.side_effects or {}).get(effect, 0) > 0
    ]
    return {
        "occurred": bool(minutes),
        "from_minute": minutes[0] if minutes else None,
        "until_minute": minutes[-1] if minutes else None,
    }
