"""Doses 2 to 6: two more by IM, then the switch to lozenges, with the integration after each."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from kairos_cli.demo.acts import (
    booking,
    clinic_b,
    dosing_day,
    private_words,
    scales,
    screening,
    therapy,
)
from kairos_cli.demo.acts.plan import DOSE_2, DOSE_3, DOSE_4, DOSE_5, DOSE_6, Planned
from kairos_cli.demo.stage import check, expect
from kairos_cli.demo.world import DAY_0, World

_IM_WATCH = {
    10: (144, 88, 88, 97, 4, 8),
    20: (152, 94, 94, 97, 4, 12),
    30: (146, 90, 92, 97, 4, 9),
    45: (138, 84, 86, 98, 4, 5),
    60: (132, 80, 80, 98, 5, 3),
    90: (126, 78, 76, 98, 5, 1),
}
_SL_WATCH = {
    30: (136, 84, 84, 97, 4, 6),
    60: (132, 82, 80, 98, 4, 4),
    90: (126, 78, 76, 98, 5, 1),
}
_LAST = (122, 76, 72, 98, 5, 1)
_LATER_EACH = 0.1  # hours: no dose comes a minute less than three days after the one before


def by_injection(world: World) -> None:
    """Days 1 to 8."""
    world.stage.scene("Days 1 to 8: integration of the first dose, two more by injection")
    world.dosed_at.append(world.first_dose_at)
    world.sessions.append(world.ids["session"])
    scales.check_done(world, "urinary_symptoms", _no_symptoms(world))
    first = therapy.integrate(world, 1, world.first_dose_at)
    _scores(world, "Day 1", {"ebi": "410", "meq30": "3.1"})
    private_words.write_privately(world)
    world.platform.clock.set(world.first_dose_at + timedelta(hours=24, minutes=5))
    therapy.call(world, "safety_call_24_h", 1)
    world.at(2)
    therapy.carry_forward(world)
    therapy.amend(world, first)
    for planned in (DOSE_2, DOSE_3):
        _dose(world, planned)
        if planned is DOSE_3:
            _scores(world, "Day 7", {"qids_sr16": "11"})
            therapy.call(world, "safety_call_7_d", 7)
        therapy.integrate(world, planned.day + 1, world.dosed_at[-1])


def by_lozenge(world: World) -> None:
    """Days 10 to 18."""
    world.stage.scene("Days 10 to 18: the switch to lozenges")
    world.at(9)
    _switch(world)
    for planned in (DOSE_4, DOSE_5, DOSE_6):
        if planned is DOSE_5:
            world.at(13, 13)
            clinic_b.refuse_tablets(world)
        _dose(world, planned)
        if planned is DOSE_5:
            _phq9(world, "Day 14", 12)
        where = "B" if planned is DOSE_5 else "A"
        therapy.integrate(world, planned.day + 1, world.dosed_at[-1], where)


def _switch(world: World) -> None:
    with world.stage.step("Dr Lee", "Day 9: evaluate and decide for lozenges") as step:
        found = screening.evaluate(world, "sublingual")
        check(not found["forbidden_by"] and not found["attest"], f"all rules must pass: {found}")
        path = f"/v1/patients/{world.ids['patient']}/decisions"
        body = {"evaluation_id": found["id"], "outcome": "eligible"}
        expect(world.lee.post("intake", path, body), 201)
        step.answered = "eligible"
        world.stage.crossed(step, "intake.eligibility_decided.v1")
    with world.stage.step("Dr Shah", "Show and sign the consent for the new route") as step:
        screening.sign_consent(world, "treatment_im", "treatment_sublingual")
        step.answered = "active"
        world.stage.crossed(step, "intake.consent_signed.v1")
    with world.stage.step("RN Ortiz", "Receive R1 for Dana: 12 tablets of 100 mg, Z77") as step:
        body = {
            "site_id": world.ids["site_A"],
            "product": DOSE_4.product,
            "lot": "Z77",
            "expires_on": "2028-04-04",
            "amount_mg": "1200",
            "ownership": "patient_specific_held",
            "patient_id": world.ids["patient"],
        }
        answer = expect(world.ortiz.post("dosing", "/v1/containers", body), 201).body
        world.ids["tablets"] = answer["id"]
        step.answered = f"balance {answer['balance_mg']} mg"


def _dose(world: World, planned: Planned) -> None:
    _check_in(world, planned)
    _order(world, planned)
    _give(world, planned)
    _watch(world, planned)


def _check_in(world: World, planned: Planned) -> None:
    later = planned.number * _LATER_EACH
    world.at(planned.day, later - planned.booked_before_hours)
    asked = f"Day {planned.day}: book and check in for dose {planned.number}"
    with world.stage.step("Desk", asked) as step:
        starts = DAY_0 + timedelta(days=planned.day, minutes=30)
        body = booking.visit(
            world,
            visit_type=f"dosing_{planned.route}",
            route=planned.route,
            starts_at=starts.isoformat(),
        )
        world.ids["visit"] = booking.book_once_cleared(world, body).body["id"]
        world.platform.clock.set(DAY_0 + timedelta(days=planned.day, hours=later))
        scales.clear_screen(world)
        booking.arrive(world)
        world.ids["session"] = dosing_day.find_session(world)
        world.sessions.append(world.ids["session"])
        step.answered = "C-SSRS none, fasting, escort and consent confirmed: checked in"


def _order(world: World, planned: Planned) -> None:
    asked = f"Order {planned.milligrams} mg by {planned.route.upper()}"
    with world.stage.step("Dr Lee", asked) as step:
        order = dosing_day.order_body(world, planned.milligrams, "mg")
        order |= {"route": planned.route, "product": planned.product}
        if planned.soft_stop:
            refused = expect(dosing_day.post(world, "orders", order, who="Dr Lee"), 409)
            order["soft_stop_reason"] = world.chart.soft_stop
            step.answered = f"soft stop {', '.join(refused.rules)}: overridden with a reason; "
        made = expect(dosing_day.post(world, "orders", order, who="Dr Lee"), 201).body
        figures = (made["amount_mg_per_kg"], made["iv_equivalent_mg_per_kg"])
        wanted = (planned.mg_per_kg, planned.iv_equivalent)
        check(figures == wanted, f"mg/kg and IV equivalent: {wanted} expected, {figures} found")
        step.answered += f"{made['amount_mg']} mg = {figures[0]} mg/kg, IV {figures[1]}"
    dosing_day.observe(world, (122, 76, 70, 98, 5, 0))


def _give(world: World, planned: Planned) -> None:
    mg = planned.milligrams
    with world.stage.step("RN Ortiz", f"Draw, check and give {mg} mg") as step:
        drawn = {"container_id": world.ids[planned.container], "amount_mg": mg}
        draw = expect(dosing_day.post(world, "draws", drawn), 201).body["draw_id"]
        checked = {"draw_id": draw, "amount_mg": mg, "patient_identified": True}
        amount = {"units": planned.units}
        if planned.units is None:
            amount = {"volume_ml": f"{int(mg) / 50:.2f}"}  # type: ignore[dict-item]
        expect(dosing_day.post(world, "checks", checked | amount, who="RN Park"), 201)
        given = {"draw_id": draw, "amount_mg": mg, "administered_at": world.stamp()}
        dose = expect(dosing_day.post(world, "administrations", given), 201).body
        world.dosed_at.append(datetime.fromisoformat(dose["recorded_at"]))
        path = f"/v1/containers/{world.ids[planned.container]}"
        left = expect(world.ortiz.get("dosing", path), 200).body
        check(left["balance_mg"] == planned.left_mg, f"{planned.left_mg} mg left expected")
        step.answered = f"given; {left['balance_mg']} mg left, ledger {left['chain']}"
        world.stage.crossed(step, "dosing.dose_administered.v1")


def _watch(world: World, planned: Planned) -> None:
    since = world.dosed_at[-1]
    watch = _IM_WATCH if planned.route == "im" else _SL_WATCH
    peak = max(watch.values())
    with world.stage.step("RN Ortiz", "Two hours of watching, then the door") as step:
        for minute, values in watch.items():
            world.platform.clock.set(since + timedelta(minutes=minute))
            dosing_day.observe(world, values)
        world.platform.clock.set(since + timedelta(minutes=120.2))
        dosing_day.observe(world, _LAST)
        note = {"kind": "support", "body": world.chart.session_note, "occurred_at": world.stamp()}
        expect(dosing_day.post(world, "notes", note, who="Dr Shah"), 201)
        state = expect(dosing_day.leave(world), 200).body["state"]
        step.answered = f"peak {peak[0]}/{peak[1]}; {state} with the escort"
        scales.check_done(world, "urinary_symptoms", _no_symptoms(world))
        world.stage.crossed(step, "dosing.session_discharged.v1", "integration.episode_opened.v1")


def _no_symptoms(world: World) -> str:
    """Asked and charted: nothing of the urinary tract. Returns the entry of the chart."""
    return scales.chart(world, unexplained_urinary_symptoms=False)[0]


def _scores(world: World, when: str, totals: dict[str, str]) -> None:
    names = ", ".join(f"{name} {total}" for name, total in totals.items())
    with world.stage.step("RN Ortiz", f"{when}: enter {names}") as step:
        for instrument, total in totals.items():
            scales.enter(world, instrument, total)
        step.answered = "kept"
        world.stage.crossed(step, *["integration.outcome_recorded.v1"] * len(totals))


def _phq9(world: World, when: str, total: int) -> None:
    with world.stage.step("RN Ortiz", f"{when}: PHQ-9") as step:
        found = scales.ask(world, "phq9", scales.adding_up(total, 9, 3))
        check(math.isclose(found["score"], total), f"{total} expected, {found['score']} found")
        step.answered = f"{found['score']}"
        world.stage.crossed(step, "integration.outcome_recorded.v1")
