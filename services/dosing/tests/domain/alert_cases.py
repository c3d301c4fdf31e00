"""Every alert rule of the policy data, judged by `alerts.raised` after a dose (clinical 3)."""

from collections.abc import Sequence
from datetime import timedelta

from dosing import data
from dosing.domain import alerts
from dosing.domain.alerts import Moment
from dosing.domain.observation import Readings

from .makers import NOW
from .rule_case import Case

# Before the dose 100/60: far from every absolute limit, so that a rise is told apart.
BASE = Readings(systolic_mmhg=100, diastolic_mmhg=60)
HIGH = Readings(systolic_mmhg=160, diastolic_mmhg=100)


def _raised(
    base: Readings = BASE, symptoms: str = "", **signs: int | list[tuple[float, int]]
) -> list[str]:
    """The alerts of these signs: a value of now, or some by how many minutes ago they were read."""
    series: dict[str, list[Moment]] = {}
    for sign, values in signs.items():
        taken = [(0.0, values)] if isinstance(values, int) else values
        series[sign] = [(NOW - timedelta(minutes=ago), value) for ago, value in taken]
    told = frozenset(symptoms.split())
    rules = alerts.raised(data.alert_rules(), series, told, base, frozenset(signs))
    return [rule.code for rule in rules]


def _case(
    code: str, sign: str, just: object, beyond: object, also: str = "", base: Readings = BASE
) -> Case:
    return Case(
        code=code,
        keeps=lambda: _raised(base, **{sign: just}),
        breaks=lambda: _raised(base, **{sign: beyond}),
        also=frozenset(also.split()),
    )


def _told(code: str, symptom: str, other: str = "", moaas: int = 5, beyond: int = 5) -> Case:
    return Case(
        code=code,
        keeps=lambda: _raised(symptoms=other, moaas=moaas),
        breaks=lambda: _raised(symptoms=symptom, moaas=beyond),
    )


CASES: Sequence[Case] = (
    _case("bp_rise", "systolic_mmhg", 139, 140),
    _case("bp_rise", "diastolic_mmhg", 84, 85),
    _case("bp_red", "systolic_mmhg", [(5, 179), (0, 180)], [(5, 180), (0, 180)], base=HIGH),
    _case("bp_red", "systolic_mmhg", [(4.9, 180), (0, 180)], [(5, 180), (0, 180)], base=HIGH),
    _case(
        "bp_red",
        "systolic_mmhg",
        [(5, 180), (2, 179), (0, 180)],
        [(5, 180), (2, 180), (0, 180)],
        base=HIGH,
    ),
    _case("bp_red", "diastolic_mmhg", [(5, 109), (0, 110)], [(5, 110), (0, 110)], base=HIGH),
    _case("bp_very_high", "systolic_mmhg", 199, 200, "bp_rise", base=HIGH),
    _case("bp_very_high", "diastolic_mmhg", 119, 120, base=HIGH),
    _case("heart_rate_high", "heart_rate_bpm", [(5, 121), (0, 120)], [(5, 121), (0, 121)]),
    _case("heart_rate_high", "heart_rate_bpm", [(4.9, 130), (0, 130)], [(5, 130), (0, 130)]),
    _case("spo2_low", "spo2_percent", 92, 91),
    _case("spo2_very_low", "spo2_percent", 92, 89, "spo2_low"),
    _case("respiratory_rate_low", "respiratory_rate_bpm", 8, 7),
    _case("sedation_moderate", "moaas", 4, 3),
    _case("sedation_deep", "moaas", 4, 2, "sedation_moderate"),
    _case("unresponsive", "moaas", 4, 1, "sedation_deep sedation_moderate"),
    _case("severe_distress", "distress", 7, 8),
    *(
        _told("neurological_or_cardiac_symptom", symptom)
        for symptom in (
            "chest_pain",
            "dyspnoea",
            "sudden_severe_headache",
            "visual_change",
            "seizure",
            "focal_deficit",
            "reduced_consciousness",
        )
    ),
    *(_told("psychosis_or_agitation", symptom) for symptom in ("psychosis", "agitation")),
    _told("vomiting_while_sedated", "vomiting", "vomiting", 5, 4),
)
