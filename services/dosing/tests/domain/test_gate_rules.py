"""Gate, discharge and orders as tables: each change of a good case breaks its own rule."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from dosing import data
from dosing.domain import clearance, discharge, gate, order_stops, overrides
from dosing.domain.baseline import Pregnancy
from dosing.domain.break_glass import BreakGlass, GlassReason
from dosing.domain.care_errors import NotOverridable
from dosing.domain.clearance import Confirmed, NotCleared, Projected, RouteClearance, Unreachable
from dosing.domain.discharge import IdDocument, Leaving
from dosing.domain.dose import GivenDose
from dosing.domain.exposure import History, PastDose
from dosing.domain.further import Course
from dosing.domain.ledger import Ownership
from dosing.domain.observation import Aldrete
from dosing.domain.order_facts import Circumstances, LastDose, Weight
from dosing.domain.overrides import Arrangement, Override
from dosing.domain.session import State

from .makers import NOW, container, said, seen, session
from .test_machines import IM, PEOPLE, VIAL, GateMachine, _person

ESK = data.protocol_for("nasal_esketamine")
SL = data.protocol_for("sublingual")
IV = data.protocol_for("iv")
TABLET = data.product("ketamine_rdt_100mg_12")
DEVICE = data.product("esketamine_nasal_28mg_2")
REMS = gate.Rems(patient=True, site=True, prescriber_on_site=True)
MINUTE = timedelta(minutes=1)


def good() -> gate.Facts:
    """Everything holds: 34 mg into the muscle."""
    machine = GateMachine()
    machine.set_up()
    machine.put_right()
    return machine._facts(Decimal("34"), PEOPLE[1])


def test_good_case_passes() -> None:
    assert gate.failing(good()) == ()


def drug(facts: gate.Facts, **changes: Any) -> gate.Facts:
    assert facts.drug is not None
    return replace(facts, drug=replace(facts.drug, **changes))


def box(facts: gate.Facts, **changes: Any) -> gate.Facts:
    assert facts.drug is not None
    return drug(facts, container=replace(facts.drug.container, **changes))


def ordered(facts: gate.Facts, **changes: Any) -> gate.Facts:
    assert facts.order is not None
    return replace(facts, order=replace(facts.order, **changes))


def confirmed(**changes: Any) -> Confirmed:
    values: dict[str, Any] = {
        "confirmation_id": uuid4(),
        "version": 2,
        "extra_monitoring": (),
        "valid_until": NOW + timedelta(seconds=10),
    }
    return Confirmed(**{**values, **changes})


def withdrawn(facts: gate.Facts) -> gate.Facts:
    route = RouteClearance(cleared=False, reasons=("consent_revoked",), expires_at=None)
    known = Projected(version=3, changed_at=NOW, route=route)
    return replace(facts, known=known)


def glass(**changes: Any) -> BreakGlass:
    values: dict[str, Any] = {
        "id": uuid4(),
        "session_id": uuid4(),
        "patient_id": uuid4(),
        "reason": GlassReason.INTAKE_OUTAGE,
        "explanation": "-",
        "asked_by": PEOPLE[1],
        "asked_at": NOW,
        "confirmed_by": PEOPLE[0],
        "confirmed_at": NOW,
    }
    return BreakGlass(**{**values, **changes})


def silent(facts: gate.Facts, of: BreakGlass | None, **changes: Any) -> gate.Facts:
    return replace(facts, answer=Unreachable(), glass=of, **changes)


def dose(minutes_ago: float, mg: str = "28") -> GivenDose:
    at = NOW - timedelta(minutes=minutes_ago)
    return GivenDose(
        id=uuid4(),
        command_id=uuid4(),
        session_id=uuid4(),
        patient_id=uuid4(),
        order_id=uuid4(),
        draw_id=uuid4(),
        baseline_observation_id=uuid4(),
        amount_mg=Decimal(mg),
        administered_at=at,
        recorded_at=at,
        administered_by=PEOPLE[1],
        confirmation_id=uuid4(),
        clearance_version=1,
        extra_monitoring=(),
    )


NOTHING_SEEN = ("pre_dose_vitals_missing", "baseline_missing")

BROKEN: list[tuple[str, Any, tuple[str, ...]]] = [
    ("checked_in", lambda f: replace(f, session=session(opened_at=NOW)), ("session_not_ready",)),
    (
        "yesterday",
        lambda f: replace(f, session=replace(f.session, opened_at=NOW - timedelta(days=1))),
        ("check_in_not_today",),
    ),
    (
        "tomorrow",
        lambda f: replace(f, session=replace(f.session, opened_at=NOW + timedelta(days=1))),
        ("check_in_not_today",),
    ),
    ("infused", lambda f: replace(f, infusion=True), ("no_infusion_by_this_route",)),
    (
        "injected_into_a_vein",
        lambda f: replace(f, protocol=replace(f.protocol, infusion=IV.infusion)),
        ("given_by_infusion_only",),
    ),
    ("no_order", lambda f: ordered(f, cancelled_at=NOW), ("order_not_active",)),
    ("above_order", lambda f: ordered(f, mg=Decimal("33.999")), ("dose_exceeds_order",)),
    ("stopped", lambda f: replace(f, course=Course(stopped=True)), ("drug_stopped",)),
    (
        "alert",
        lambda f: replace(f, course=Course(alert_unanswered=True)),
        ("alert_not_acknowledged",),
    ),
    ("no", lambda f: replace(f, answer=NotCleared(reasons=())), ("not_cleared",)),
    (
        "stale_yes",
        lambda f: replace(f, answer=confirmed(valid_until=NOW)),
        ("clearance_confirmation_expired",),
    ),
    ("withdrawn", withdrawn, ("clearance_withdrawn",)),
    ("silent", lambda f: silent(f, None), ("intake_unreachable",)),
    ("glass_used", lambda f: silent(f, glass(used_at=NOW)), ("intake_unreachable",)),
    (
        "glass_alone",
        lambda f: silent(f, glass(confirmed_at=None)),
        ("break_glass_not_confirmed",),
    ),
    (
        "glass_late",
        lambda f: silent(f, glass(confirmed_at=NOW - 15 * MINUTE - timedelta(seconds=1))),
        ("break_glass_expired",),
    ),
    (
        "glass_old_news",
        lambda f: silent(f, glass(), known_as_of=NOW - 61 * MINUTE),
        ("break_glass_clearance_too_old",),
    ),
    (
        "glass_unheard",
        lambda f: silent(f, glass(), known_as_of=None),
        ("break_glass_clearance_too_old",),
    ),
    (
        "glass_withdrawn",
        lambda f: silent(withdrawn(f), glass()),
        ("break_glass_not_cleared",),
    ),
    ("concern", lambda f: replace(f, concern_open=True), ("safety_concern_open",)),
    ("no_vitals", lambda f: replace(f, observations=()), NOTHING_SEEN),
    (
        "stale",
        lambda f: replace(f, observations=[seen(31)]),
        ("pre_dose_vitals_stale",),
    ),
    (
        "no_prescriber",
        lambda f: replace(f, prescriber=None),
        ("prescriber_not_credentialed",),
    ),
    (
        "lapsed_prescriber",
        lambda f: replace(f, prescriber=_person(PEOPLE[0], licensed=False)),
        ("prescriber_not_credentialed",),
    ),
    (
        "lapsed_giver",
        lambda f: replace(f, giver=_person(PEOPLE[1], licensed=False)),
        ("giver_not_credentialed",),
    ),
    ("unchecked", lambda f: replace(f, checks=()), ("second_person_check_missing",)),
    (
        "checked_oneself",
        lambda f: replace(f, checks=[replace(f.checks[0], checked_by=PEOPLE[1])]),
        ("second_person_check_missing",),
    ),
    (
        "checked_another_order",
        lambda f: replace(f, checks=[replace(f.checks[0], order_id=uuid4())]),
        ("second_person_check_missing",),
    ),
    (
        "checked_another_syringe",
        lambda f: replace(f, checks=[replace(f.checks[0], draw_id=uuid4())]),
        ("second_person_check_missing",),
    ),
    (
        "checked_another_amount",
        lambda f: replace(f, checks=[replace(f.checks[0], amount_mg=Decimal("33"))]),
        ("second_person_check_missing",),
    ),
    (
        "too_soon",
        lambda f: replace(f, last=LastDose(at=NOW - timedelta(hours=71, minutes=59))),
        ("interval_not_kept",),
    ),
    (
        "not_drawn",
        lambda f: replace(f, drug=None),
        ("second_person_check_missing", "drug_not_drawn"),
    ),
    ("expired", lambda f: box(f, expires_on=NOW.date() - timedelta(days=1)), ("lot_expired",)),
    (
        "opened_long_ago",
        lambda f: box(f, first_drawn_at=NOW - timedelta(days=28, seconds=1)),
        ("beyond_use_passed",),
    ),
    ("quarantined", lambda f: drug(f, quarantined=True), ("lot_quarantined",)),
    (
        "of_another",
        lambda f: box(
            f,
            ownership=Ownership.PATIENT_SPECIFIC_HELD,
            patient_id=uuid4(),
            site_id=f.session.site_id,
        ),
        ("stock_of_another_patient",),
    ),
    (
        "of_another_site",
        lambda f: box(
            f, ownership=Ownership.PATIENT_SPECIFIC_HELD, patient_id=f.session.patient_id
        ),
        ("patient_specific_not_transferable",),
    ),
    ("another_product", lambda f: ordered(f, product="other"), ("product_not_ordered",)),
    ("half_tablet", lambda f: drug(f, product=TABLET), ("not_whole_units",)),
    ("too_little", lambda f: drug(f, held_mg=Decimal("33.999")), ("drawn_amount_insufficient",)),
]


@pytest.mark.parametrize(("change", "rules"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_each_rule_of_the_gate_refuses_alone(change: Any, rules: tuple[str, ...]) -> None:
    assert gate.failing(change(good())) == rules


KEPT: list[tuple[str, Any]] = [
    ("ready", lambda f: replace(f, session=replace(f.session, state=State.READY))),
    ("exactly_72_hours", lambda f: replace(f, last=LastDose(at=NOW - timedelta(hours=72)))),
    ("last_day_of_the_lot", lambda f: box(f, expires_on=NOW.date())),
    ("exactly_28_days", lambda f: box(f, first_drawn_at=NOW - timedelta(days=28))),
    ("exactly_30_minutes", lambda f: replace(f, observations=[seen(30)])),
    ("newer_word_of_intake", lambda f: replace(withdrawn(f), answer=confirmed(version=3))),
    ("glass", lambda f: silent(f, glass(), known_as_of=NOW - 60 * MINUTE)),
    ("glass_just_in_time", lambda f: silent(f, glass(confirmed_at=NOW - 15 * MINUTE))),
    ("less_than_ordered", lambda f: ordered(f, mg=Decimal("40"))),
    (
        "own_stock",
        lambda f: box(
            f,
            ownership=Ownership.PATIENT_OWN,
            patient_id=f.session.patient_id,
            site_id=f.session.site_id,
        ),
    ),
]


@pytest.mark.parametrize("change", [k[1] for k in KEPT], ids=[k[0] for k in KEPT])
def test_each_limit_of_the_gate_lets_through_what_just_keeps_it(change: Any) -> None:
    assert gate.failing(change(good())) == ()


@pytest.mark.parametrize("other", [UUID(int=0), UUID(int=2**128 - 1)])
@pytest.mark.parametrize("name", ["order_id", "draw_id"])
def test_check_is_of_exactly_this_order_and_syringe(name: str, other: UUID) -> None:
    facts = good()
    wrong = replace(facts, checks=[replace(facts.checks[0], **{name: other})])
    same = UUID(str(getattr(facts.checks[0], name)))  # equal, and another object
    right = replace(facts, checks=[replace(facts.checks[0], **{name: same})])

    assert gate.failing(wrong) == ("second_person_check_missing",)
    assert gate.failing(right) == ()


def test_dose_is_prepared_once_it_is_drawn_and_checked() -> None:
    facts = good()
    later = replace(facts, checks=[replace(facts.checks[0], checked_at=NOW + MINUTE)])
    unchecked = replace(facts, checks=())
    lozenge = replace(unchecked, protocol=SL)

    assert gate.prepared_at(facts) == NOW
    assert gate.prepared_at(later) == NOW + MINUTE
    assert gate.prepared_at(drug(facts, drawn_at=NOW + MINUTE)) == NOW + MINUTE
    assert gate.prepared_at(unchecked) is None
    assert gate.prepared_at(replace(facts, drug=None)) is None
    assert gate.prepared_at(lozenge) == NOW


def test_every_failing_rule_is_named_at_once() -> None:
    facts = good()
    wanted = {"above_order", "no", "concern", "lapsed_giver", "too_soon", "too_little"}
    rules = set()
    for name, change, broken in BROKEN:
        if name in wanted:
            facts, rules = change(facts), rules | set(broken)

    assert set(gate.failing(facts)) == rules
    assert len(rules) == len(wanted)


def course_of(*given: GivenDose) -> Course:
    """A course by its doses, each stamped as long ago as it was given."""
    if not given:
        return Course()
    return Course(
        given=given,
        since_first=NOW - given[0].recorded_at,
        since_last=NOW - given[-1].recorded_at,
    )


def device(*given: GivenDose, **changes: Any) -> gate.Facts:
    """A device after those that were given."""
    facts = replace(
        good(),
        protocol=ESK,
        rems=REMS,
        amount_mg=Decimal("28"),
        course=course_of(*given),
    )
    state = State.MONITORING if given else State.READY
    facts = replace(facts, session=replace(facts.session, state=state))
    facts = ordered(drug(facts, product=DEVICE), mg=Decimal("56"))
    return replace(facts, **changes)


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        (device(), ()),
        (device(dose(5)), ()),
        (device(dose(4.99)), ("device_rest_not_kept",)),
        (device(dose(30)), ()),
        (device(dose(30.02)), ("further_dose_too_late",)),
        (device(dose(11), dose(6)), ("dose_exceeds_order",)),
        (
            ordered(device(dose(31), dose(6)), mg=Decimal("84")),
            ("further_dose_too_late",),  # from the first device on, not from the last
        ),
        (
            ordered(device(dose(11), dose(4)), mg=Decimal("84")),
            ("device_rest_not_kept",),  # from the last device on, not from the first
        ),
        (device(rems=replace(REMS, patient=False)), ("rems_patient_not_enrolled",)),
        (device(rems=replace(REMS, site=False)), ("rems_site_not_enrolled",)),
        (device(rems=replace(REMS, prescriber_on_site=False)), ("prescriber_not_on_site",)),
        (
            device(amount_mg=Decimal("56")),
            ("one_device_at_a_time", "drawn_amount_insufficient"),
        ),
        (device(dose(6), observations=()), ()),  # judged at the first device
        (device(dose(6), last=LastDose(at=NOW)), ()),
        (device(dose(6), concern_open=True), ("safety_concern_open",)),
    ],
)
def test_further_devices(facts: gate.Facts, rules: tuple[str, ...]) -> None:
    assert gate.failing(facts) == rules


def test_injection_is_given_once() -> None:
    facts = replace(good(), course=course_of(dose(10, "10")), amount_mg=Decimal("10"))
    facts = replace(facts, session=replace(facts.session, state=State.MONITORING))

    assert "session_not_ready" in gate.failing(facts)


# --- discharge ------------------------------------------------------------------------------------

WELL = {
    "aldrete": Aldrete(activity=2, respiration=2, circulation=2, consciousness=2, saturation=2),
    "orientation": 4,
    "gait_steady": True,
    "nausea": 1,
}


def leaving(**changes: Any) -> discharge.Facts:
    """Everything holds after two hours."""
    first = NOW - 120 * MINUTE
    looks = [
        replace(seen(120 - minute, **WELL), minutes_since_first_dose=minute)
        for minute in (10, 40, 75, 105, 120)
    ]
    values: dict[str, Any] = {
        "session": session(state=State.MONITORING, first_dose_at=first, last_dose_at=first),
        "protocol": IM,
        "baseline": seen(130),
        "observations": looks,
        "leaving": Leaving(
            escort_present=True,
            escort_id=IdDocument.PASSPORT,
            instructions_given=True,
            crisis_number_given=True,
            no_driving_agreed=True,
            new_suicidal_ideation=False,
        ),
        "held_mg": Decimal(0),
        "concern_open": False,
        "infusing": False,
        "elapsed": 120 * MINUTE,
        "since_last": 120 * MINUTE,
        "now": NOW,
    }
    return discharge.Facts(**{**values, **changes})


def last(**changes: Any) -> list[Any]:
    looks = list(leaving().observations)
    newest = looks[-1]
    return [*looks[:-1], replace(newest, readings=replace(newest.readings, **changes))]


def fallen(**changes: Any) -> list[Any]:
    """The same after a peak."""
    *looks, before, newest = last(**changes)
    peak = replace(before.readings, systolic_mmhg=170, diastolic_mmhg=100)
    return [*looks, replace(before, readings=peak), newest]


def door(**changes: Any) -> Leaving:
    return replace(leaving().leaving, **changes)


def score(**changes: int) -> Aldrete:
    return replace(WELL["aldrete"], **changes)  # type: ignore[type-var]


def test_patient_leaves_once_everything_holds() -> None:
    assert discharge.failing(leaving()) == ()


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        (leaving(elapsed=120 * MINUTE - timedelta(seconds=1)), ("minimum_watch",)),
        (leaving(elapsed=None), ("minimum_watch",)),
        (leaving(session=session(state=State.DOSING)), ("session_not_monitored",)),
        (leaving(infusing=True), ("infusion_running",)),
        (leaving(held_mg=Decimal("0.001")), ("draw_unreconciled",)),
        (leaving(concern_open=True), ("safety_concern_open",)),
        (leaving(observations=last(aldrete=score(activity=1))), ()),
        (leaving(observations=last(aldrete=score(activity=0))), ("aldrete",)),
        (leaving(observations=last(aldrete=score(activity=1, circulation=1))), ("aldrete",)),
        (leaving(observations=last(moaas=4)), ("moaas",)),
        (leaving(observations=fallen(systolic_mmhg=149)), ("blood_pressure",)),
        (leaving(observations=fallen(systolic_mmhg=148)), ()),  # 120 % of 124 is 148.8
        (leaving(observations=last(systolic_mmhg=148)), ("blood_pressure",)),  # it rises
        (leaving(observations=fallen(systolic_mmhg=140, diastolic_mmhg=92)), ("blood_pressure",)),
        (leaving(observations=fallen(systolic_mmhg=140, diastolic_mmhg=91)), ()),
        (leaving(observations=last(spo2_percent=96)), ()),
        (leaving(observations=last(spo2_percent=95)), ("spo2",)),
        (leaving(observations=last(cadss6=2)), ()),
        (leaving(observations=last(cadss6=3)), ("cadss6",)),
        (leaving(observations=last(orientation=3)), ("orientation",)),
        (leaving(observations=last(gait_steady=False)), ("gait",)),
        (leaving(observations=last(nausea=2)), ("nausea",)),
        (leaving(baseline=None), ("spo2", "cadss6")),
        (leaving(leaving=door(escort_present=False)), ("escort_absent",)),
        (leaving(leaving=door(escort_id=None)), ("escort_not_identified",)),
        (leaving(leaving=door(instructions_given=False)), ("instructions",)),
        (leaving(leaving=door(crisis_number_given=False)), ("instructions",)),
        (leaving(leaving=door(no_driving_agreed=False)), ("no_driving",)),
        (leaving(leaving=door(new_suicidal_ideation=True)), ("suicide_screen",)),
        (
            leaving(protocol=replace(IM, watch=replace(IM.watch, after_end_minimum=121 * MINUTE))),
            ("minimum_watch_after_end",),
        ),
        (
            leaving(protocol=replace(IM, watch=replace(IM.watch, after_end_minimum=120 * MINUTE))),
            (),
        ),
        (
            leaving(
                protocol=replace(IM, watch=replace(IM.watch, after_end_minimum=120 * MINUTE)),
                since_last=None,
            ),
            ("minimum_watch_after_end",),
        ),
    ],
)
def test_each_criterion_of_the_discharge_alone(
    facts: discharge.Facts, rules: tuple[str, ...]
) -> None:
    assert discharge.failing(facts) == rules


@pytest.mark.parametrize("criterion", ["minimum_watch", "no_driving", "suicide_screen"])
def test_what_nobody_overrides_under_the_rems(criterion: str) -> None:
    override = Override(criterion=criterion, reason="feels well")

    with pytest.raises(NotOverridable):
        overrides.remaining([criterion], [override], ESK.discharge)


def test_override_takes_away_its_criterion_alone() -> None:
    failing = ["minimum_watch", "nausea", "escort_absent"]
    made = [
        Override(criterion="minimum_watch", reason="-"),
        Override(criterion="escort_absent", reason="-", arrangement=Arrangement.ADULT_AT_HOME),
    ]

    assert overrides.remaining(failing, made, IM.discharge) == ("nausea",)
    assert overrides.remaining(failing, [], IM.discharge) == tuple(failing)


@pytest.mark.parametrize("arrangement", [None, Arrangement.RIDE_SHARE])
def test_ride_share_is_no_escort(arrangement: Arrangement | None) -> None:
    override = Override(criterion="escort_absent", reason="-", arrangement=arrangement)

    with pytest.raises(NotOverridable):
        overrides.remaining(["escort_absent"], [override], IM.discharge)


def test_protocol_from_before_overrides_allows_none() -> None:
    first = data.protocol("im_racemic_ketamine", "1")

    with pytest.raises(NotOverridable):
        overrides.remaining(["nausea"], [Override(criterion="nausea", reason="-")], first.discharge)


# --- orders ---------------------------------------------------------------------------------------


def past(
    mg: str, *, route_share: str = "0.93", days: float = 5, tolerated: bool = True
) -> PastDose:
    return PastDose(
        session_id=uuid4(),
        route="im",
        amount_mg=Decimal(mg),
        bioavailability=Decimal(route_share),
        weight_kg=Decimal("68"),
        given_at=NOW - timedelta(days=days),
        tolerated=tolerated,
    )


def about(*doses: PastDose, **changes: Any) -> Circumstances:
    at = doses[-1].given_at if doses else None
    values = {"last": LastDose(at=at), "now": NOW, "history": History(doses=doses)}
    return Circumstances(**{**values, **changes})


KG = Decimal("68")


def stops(mg: str, protocol: Any, facts: Circumstances) -> tuple[list[str], list[str]]:
    hard = list(order_stops.hard(Decimal(mg), KG, protocol.dose, facts))
    soft = list(order_stops.soft(Decimal(mg), KG, protocol.dose, facts))
    return hard, soft


@pytest.mark.parametrize(
    ("mg", "protocol", "facts", "hard", "soft"),
    [
        ("102", IM, about(), [], ["dose_per_kg_above_soft_stop", "iv_equivalent_above_soft_stop"]),
        ("68", IM, about(), [], []),
        ("68.001", IM, about(), [], ["dose_per_kg_above_soft_stop"]),
        ("51", IM, about(past("34")), [], []),
        ("51.001", IM, about(past("34")), [], ["ratio_to_last_dose_above_soft_stop"]),
        ("68", IM, about(past("34")), [], ["ratio_to_last_dose_above_soft_stop"]),
        (
            "68.001",
            IM,
            about(past("34")),
            ["ratio_to_last_dose_above_hard_stop"],
            ["dose_per_kg_above_soft_stop", "ratio_to_last_dose_above_soft_stop"],
        ),
        # 10a, day 14: 200 mg after 100 mg is 2.0 exactly: a reason, no hard stop.
        (
            "200",
            SL,
            about(past("100", route_share="0.30")),
            [],
            ["ratio_to_last_dose_above_soft_stop"],
        ),
        # Across routes: 300 mg by lozenge against 34 mg into the muscle.
        (
            "300",
            SL,
            about(past("34")),
            ["ratio_to_last_dose_above_hard_stop"],
            ["iv_equivalent_above_soft_stop", "ratio_to_last_dose_above_soft_stop"],
        ),
        ("34", IM, about(past("34", tolerated=False)), [], ["no_dose_tolerated_before"]),
        (
            "34",
            IM,
            about(past("20"), past("90", tolerated=False)),
            [],
            ["ratio_to_last_dose_above_soft_stop"],
        ),
        ("56", ESK, about(), [], []),
        ("84", ESK, about(), [], ["above_first_dose"]),
        ("84", ESK, about(past("56", route_share="0.48")), [], []),
        ("70", ESK, about(past("56", route_share="0.48")), ["dose_not_allowed"], []),
    ],
)
def test_stops_of_an_order(
    mg: str, protocol: Any, facts: Circumstances, hard: list[str], soft: list[str]
) -> None:
    assert stops(mg, protocol, facts) == (hard, soft)


def weekly(protocol: Any, *days: float, **changes: Any) -> list[tuple[str, bool]]:
    doses = [past("34", days=one) for one in sorted(days, reverse=True)]
    return list(order_stops.of_time(protocol, about(*doses, **changes)))


def test_frequency_and_review() -> None:
    assert weekly(IM, 2, 5) == []
    assert weekly(IM, 2, 4, 6) == [("weekly_sessions_above_soft_stop", False)]
    assert weekly(IM, 2, 4, 7) == []  # exactly a week ago is not this week
    assert weekly(ESK, 2) == []
    assert weekly(ESK, 2, 5) == [("weekly_sessions_above_hard_stop", True)]
    many = (10, 20, 30, 40, 50, 60)
    assert weekly(IM, *many) == [("exposure_review_due", False)]
    assert weekly(IM, *many[1:]) == []
    assert weekly(IM, 90) == [("exposure_review_due", False)]
    assert weekly(IM, 89.9) == []
    reviewed = History(
        doses=[past("34", days=one) for one in many], reviewed_at=NOW - timedelta(days=15)
    )
    assert weekly(IM, *many, history=reviewed) == []


@pytest.mark.parametrize(
    ("minutes", "rules"),
    [
        (None, []),
        (40, []),
        (39, [("infusion_faster_than_plan", False)]),
        (2, [("infusion_faster_than_plan", False)]),
        (1, [("infusion_time_outside_range", True), ("infusion_faster_than_plan", False)]),
        (100, []),
        (101, [("infusion_time_outside_range", True)]),
    ],
)
def test_time_of_an_infusion(minutes: int | None, rules: list[tuple[str, bool]]) -> None:
    assert weekly(IV, infusion_minutes=minutes) == rules
    assert weekly(IM, infusion_minutes=40) == [("no_infusion_by_this_route", True)]


@pytest.mark.parametrize(
    ("kg", "hours", "rules"),
    [
        ("30", 0, []),
        ("29.9", 0, ["weight_implausible"]),
        ("250", 0, []),
        ("250.1", 0, ["weight_implausible"]),
        ("68", 24, []),
        ("68", 24.01, ["weight_too_old"]),
        ("68", -1, ["weight_from_the_future"]),
    ],
)
def test_weight_of_an_order(kg: str, hours: float, rules: list[str]) -> None:
    weight = Weight(kg=Decimal(kg), measured_at=NOW - timedelta(hours=hours))

    assert list(order_stops.of_weight(weight, IM, NOW)) == rules


@pytest.mark.parametrize(
    ("before", "changed"), [("61.82", False), ("61.81", True), ("75.55", False), ("75.56", True)]
)
def test_weight_that_changed(before: str, changed: bool) -> None:
    weight = Weight(kg=KG, measured_at=NOW)
    last_dose = LastDose(weight_kg=Decimal(before))

    assert order_stops.weight_changed(weight, last_dose, IM) is changed
    assert order_stops.weight_changed(weight, LastDose(), IM) is False


def test_what_a_syringe_can_measure() -> None:
    assert list(order_stops.of_product(Decimal("34"), Decimal("0.68"), VIAL, IM.dose)) == []
    off = list(order_stops.of_product(Decimal("1"), Decimal("0.03"), VIAL, IM.dose))
    assert off == ["volume_cannot_be_measured"]
    assert list(order_stops.of_product(Decimal("150"), None, TABLET, SL.dose)) == [
        "not_whole_units"
    ]
    assert list(order_stops.of_product(Decimal("200"), None, TABLET, SL.dose)) == []


def test_nothing_known_here_is_no_clearance() -> None:
    unknown = Projected(version=0, changed_at=None, route=None)

    assert not unknown.cleared_at(NOW)
    assert clearance.failing(confirmed(), unknown, NOW) == ()
    assert container().ownership is Ownership.CLINIC_STOCK
    assert UUID(int=1) == container().id


def test_pregnancy_test_is_newer_where_it_is_the_patients_first_dose() -> None:
    tested = said(pregnancy=Pregnancy.NEGATIVE, pregnancy_tested_on=NOW.date() - timedelta(days=20))
    first = replace(good(), observations=[seen(baseline=tested)])
    later = replace(first, last=LastDose(at=NOW - timedelta(days=10)))

    assert gate.failing(first) == ("pregnancy_test_too_old",)
    assert gate.failing(later) == ()
