"""Every criterion of the discharge, judged by `discharge.failing` on facts that are else sound."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from dosing.domain import discharge
from dosing.domain.session import State

from .makers import seen, session
from .rule_case import Case
from .test_discharge_limits import looks
from .test_gate_rules import MINUTE, door, fallen, last, leaving, score
from .test_machines import IM

SECOND = timedelta(seconds=1)


def _case(code: str, *, keeps: dict[str, Any], breaks: dict[str, Any], also: str = "") -> Case:
    return Case(
        code=code,
        keeps=lambda: discharge.failing(leaving(**keeps)),
        breaks=lambda: discharge.failing(leaving(**breaks)),
        also=frozenset(also.split()),
    )


def _seen(**readings: Any) -> dict[str, Any]:
    return {"observations": last(**readings)}


def _door(**changes: Any) -> dict[str, Any]:
    return {"leaving": door(**changes)}


AFTER_END = replace(IM, watch=replace(IM.watch, after_end_minimum=60 * MINUTE))
# A total that a single zero does not bring down: five items of two make ten, and one of them eight.
LOW = replace(IM, discharge=replace(IM.discharge, aldrete_minimum=8))
EARLY, DROWSY = looks(110, 80, 45), looks(110, 80, 45, moaas=4)

CASES: Sequence[Case] = (
    _case(
        "session_not_monitored",
        keeps={"session": session(state=State.DISCHARGEABLE)},
        breaks={"session": session(state=State.DOSING)},
    ),
    _case(
        "minimum_watch",
        keeps={"elapsed": 120 * MINUTE},
        breaks={"elapsed": 120 * MINUTE - SECOND},
    ),
    _case(
        "minimum_watch",  # time in which nobody looked does not count
        keeps={"observations": looks(80, 40, 15, 0)},
        breaks={"observations": looks(79, 40, 15, 0)},
    ),
    _case(
        "minimum_watch_after_end",
        keeps={"protocol": AFTER_END, "since_last": 60 * MINUTE},
        breaks={"protocol": AFTER_END, "since_last": 60 * MINUTE - SECOND},
    ),
    _case("infusion_running", keeps={"infusing": False}, breaks={"infusing": True}),
    _case(
        "vitals_stale",  # and so nothing is known of any sign
        keeps={"observations": [*EARLY, *looks(30, 15)]},
        breaks={"observations": [*EARLY, *looks(31, 15.1)]},
        also="aldrete moaas blood_pressure spo2 cadss6 orientation gait nausea",
    ),
    _case(
        "aldrete",
        keeps=_seen(aldrete=score(activity=1)),
        breaks=_seen(aldrete=score(activity=1, circulation=1)),
    ),
    _case(
        "aldrete_item",  # "no 0" holds on its own, whatever total a protocol asks for
        keeps={"protocol": LOW, **_seen(aldrete=score(activity=1))},
        breaks={"protocol": LOW, **_seen(aldrete=score(activity=0))},
    ),
    _case(
        "moaas",
        keeps={"observations": [*DROWSY, *looks(15, 0)]},
        breaks={"observations": [*DROWSY, *looks(14.9, 0)]},
    ),
    _case("moaas", keeps=_seen(moaas=5), breaks=_seen(moaas=4)),
    _case(
        "blood_pressure",  # at rest
        keeps=_seen(systolic_mmhg=140, diastolic_mmhg=90),
        breaks=_seen(systolic_mmhg=141, diastolic_mmhg=90),
    ),
    _case(
        "blood_pressure",  # 120 % of 124/76
        keeps={"observations": fallen(systolic_mmhg=148, diastolic_mmhg=91)},
        breaks={"observations": fallen(systolic_mmhg=149, diastolic_mmhg=91)},
    ),
    _case(
        "blood_pressure",  # and falling
        keeps={"observations": fallen(systolic_mmhg=148)},
        breaks=_seen(systolic_mmhg=148),
    ),
    _case("spo2", keeps=_seen(spo2_percent=96), breaks=_seen(spo2_percent=95)),
    _case("cadss6", keeps=_seen(cadss6=2), breaks=_seen(cadss6=3)),
    _case(
        "cadss6",
        keeps={"baseline": seen(130, cadss6=3), **_seen(cadss6=5)},
        breaks={"baseline": seen(130, cadss6=3), **_seen(cadss6=6)},
    ),
    _case("orientation", keeps=_seen(orientation=4), breaks=_seen(orientation=3)),
    _case("gait", keeps=_seen(gait_steady=True), breaks=_seen(gait_steady=False)),
    _case("nausea", keeps=_seen(nausea=1), breaks=_seen(nausea=2)),
    _case(
        "escort_absent",
        keeps=_door(escort_present=True),
        breaks=_door(escort_present=False),
    ),
    _case("escort_not_identified", keeps=_door(), breaks=_door(escort_id=None)),
    *(
        _case("instructions", keeps=_door(), breaks=_door(**{given: False}))
        for given in ("instructions_given", "crisis_number_given")
    ),
    _case("no_driving", keeps=_door(), breaks=_door(no_driving_agreed=False)),
    _case("suicide_screen", keeps=_door(), breaks=_door(new_suicidal_ideation=True)),
    _case("safety_concern_open", keeps={"concern_open": False}, breaks={"concern_open": True}),
    _case(
        "draw_unreconciled",
        keeps={"held_mg": Decimal(0)},
        breaks={"held_mg": Decimal("0.001")},
    ),
)
