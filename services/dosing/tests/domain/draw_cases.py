"""Every rule that keeps drug where it is, judged by `draw.failing` on facts that are else sound."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from dosing import data
from dosing.domain import draw
from dosing.domain.session import State

from .gate_cases import DAY, HOUR
from .makers import NOW, said, seen
from .rule_case import Case
from .test_gate_rules import ESK, SL, TABLET, box, good
from .test_machines import IM, PEOPLE, VIAL, _person

Change = Callable[[draw.Facts], draw.Facts]


def sound() -> draw.Facts:
    """35 mg for an order of 34, from a vial of 500."""
    facts = box(good(), balance_mg=Decimal("500"))
    assert facts.drug is not None
    here = replace(facts.session, state=State.READY, site_id=facts.drug.container.site_id)
    return draw.Facts(
        session=here,
        person=facts.person,
        protocol=IM,
        order=facts.order,
        container=facts.drug.container,
        product=VIAL,
        amount_mg=Decimal("35"),
        held_mg=Decimal(0),
        quarantined=False,
        drawer=_person(PEOPLE[1], licensed=True),
        qualifications=data.qualifications(),
        observations=[seen()],
        earlier=(),
        noted=frozenset(),
        given_mg=Decimal(0),
        first=True,
        stopped=False,
        day_closed=False,
        concern_open=False,
        cleared=True,
        over_65=False,
        now=NOW,
    )


def further() -> draw.Facts:
    """Another device, after the first of an order of two."""
    facts = sound()
    assert facts.order is not None
    return replace(
        facts,
        session=replace(facts.session, state=State.MONITORING),
        protocol=ESK,
        order=replace(facts.order, mg=Decimal("56"), product=facts.container.product),
        amount_mg=Decimal("28"),
        given_mg=Decimal("28"),
        observations=(),
    )


def _case(
    code: str, *, keeps: Change, breaks: Change, base: Callable[[], draw.Facts] = sound
) -> Case:
    return Case(
        code=code,
        keeps=lambda: draw.failing(keeps(base())),
        breaks=lambda: draw.failing(breaks(base())),
    )


def _with(**changes: Any) -> Change:
    return lambda facts: replace(facts, **changes)


def _state(state: State) -> Change:
    return lambda facts: replace(facts, session=replace(facts.session, state=state))


def _opened(before: timedelta) -> Change:
    return lambda facts: replace(facts, session=replace(facts.session, opened_at=NOW - before))


def _box(**changes: Any) -> Change:
    return lambda facts: replace(facts, container=replace(facts.container, **changes))


def _ordered(**changes: Any) -> Change:
    def change(facts: draw.Facts) -> draw.Facts:
        assert facts.order is not None
        return replace(facts, order=replace(facts.order, **changes))

    return change


def _tablets(mg: str) -> Change:
    def change(facts: draw.Facts) -> draw.Facts:
        of_tablets = _ordered(mg=Decimal("200"))(facts)
        return replace(of_tablets, protocol=SL, product=TABLET, amount_mg=Decimal(mg))

    return change


CASES: Sequence[Case] = (
    _case("session_not_ready", keeps=_state(State.DOSING), breaks=_state(State.CHECKED_IN)),
    _case(
        "session_not_ready",  # what is given once is not drawn again
        base=further,
        keeps=_with(),
        breaks=_with(protocol=IM),
    ),
    _case("drug_stopped", keeps=_with(stopped=False), breaks=_with(stopped=True)),
    _case("check_in_not_today", keeps=_opened(10 * HOUR), breaks=_opened(12 * HOUR)),
    _case("order_not_active", keeps=_with(), breaks=_ordered(cancelled_at=NOW)),
    _case("safety_concern_open", keeps=_with(), breaks=_with(concern_open=True)),
    _case("not_cleared", keeps=_with(), breaks=_with(cleared=False)),
    _case(
        "drawer_not_credentialed",
        keeps=_with(),
        breaks=_with(drawer=_person(PEOPLE[1], licensed=False)),
    ),
    _case(
        "lot_expired",
        keeps=_box(expires_on=NOW.date()),
        breaks=_box(expires_on=NOW.date() - DAY),
    ),
    _case("lot_quarantined", keeps=_with(), breaks=_with(quarantined=True)),
    _case("container_of_other_site", keeps=_with(), breaks=_box(site_id=uuid4())),
    _case("day_closed", keeps=_with(day_closed=False), breaks=_with(day_closed=True)),
    _case("not_whole_units", keeps=_tablets("200"), breaks=_tablets("150")),
    _case(
        "balance_insufficient",
        keeps=_box(balance_mg=Decimal("35")),
        breaks=_box(balance_mg=Decimal("34.999")),
    ),
    _case("product_not_ordered", keeps=_with(), breaks=_ordered(product="ketamine_100mg_ml_5ml")),
    _case(
        "draw_exceeds_order",  # a tenth above 34 mg, for what stays in the needle
        keeps=_with(amount_mg=Decimal("37.4")),
        breaks=_with(amount_mg=Decimal("37.401")),
    ),
    _case(
        "draw_exceeds_order",  # what is in hand already counts
        keeps=_with(held_mg=Decimal("2.4")),
        breaks=_with(held_mg=Decimal("2.401")),
    ),
    _case(
        "draw_exceeds_order",  # and what was given
        base=further,
        keeps=_with(amount_mg=Decimal("28")),
        breaks=_with(given_mg=Decimal("56")),
    ),
    _case(
        "pre_dose_spo2",
        keeps=_with(observations=[seen(spo2_percent=94)]),
        breaks=_with(observations=[seen(spo2_percent=93)]),
    ),
    _case(
        "intoxicated",
        keeps=_with(observations=[seen()]),
        breaks=_with(observations=[seen(baseline=said(intoxicated=True))]),
    ),
)
