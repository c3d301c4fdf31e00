"""Dosing: the order, the gate, the vial, two hours of watching, and the door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kairos_cli.demo.acts import baseline
from kairos_cli.demo.people import Answer
from kairos_cli.demo.stage import check, expect
from kairos_cli.demo.world import World

# Minute: systolic, diastolic, heart rate, SpO2, MOAA/S, CADSS-6. The reference journey.
_WATCH = {
    10: (142, 86, 88, 97, 4, 8),
    20: (150, 92, 94, 97, 4, 14),
    30: (148, 90, 92, 97, 4, 10),
    45: (138, 84, 86, 98, 4, 6),
    60: (132, 80, 80, 98, 5, 3),
    90: (126, 78, 76, 98, 5, 1),
}
_LAST = (122, 76, 72, 98, 5, 1)
_LEAVING = {
    "escort": {"present": True, "id_document": "driving_licence"},
    "instructions_given": True,
    "crisis_number_given": True,
    "no_driving_agreed": True,
    "new_suicidal_ideation": False,
}


def play(world: World) -> None:
    """Day 0."""
    world.stage.scene("Dosing: the order, the gate, the vial")
    _vial(world)
    _session(world)
    _order(world)
    _baseline(world)
    _draw_and_check(world)
    _administer(world)
    _waste(world)
    world.stage.scene("Dosing: two hours of watching, and the door")
    _watch(world)
    _discharge(world)


def _vial(world: World) -> None:
    with world.stage.step("RN Ortiz", "Receive vial V1: 500 mg, 50 mg/mL, lot K2411") as step:
        body = {
            "site_id": world.ids["site_A"],
            "product": "ketamine_50mg_ml_10ml",
            "lot": "K2411",
            "expires_on": "2028-04-04",
            "amount_mg": "500",
        }
        answer = expect(world.ortiz.post("dosing", "/v1/containers", body), 201)
        world.ids["vial"] = answer.body["id"]
        step.answered = f"balance {answer.body['balance_mg']} mg"


def find_session(world: World, site: str = "A") -> str:
    """The session that the check-in opened, of the visit last checked in."""
    found: list[str] = []

    def opened() -> bool:
        page = expect(
            world.ortiz.get("dosing", "/v1/sessions", site_id=world.ids[f"site_{site}"]), 200
        ).body
        found[:] = [s["id"] for s in page["items"] if s["visit_id"] == world.ids["visit"]]
        return bool(found)

    world.stage.until(opened, "the session of the checked-in visit")
    return found[0]


def _session(world: World) -> None:
    with world.stage.step("RN Ortiz", "Find the session that the check-in opened") as step:
        world.ids["session"] = find_session(world)
        step.answered = "checked in"


def post(world: World, what: str, body: dict[str, Any], *, who: str = "RN Ortiz") -> Answer:
    """Do something in the present session."""
    path = f"/v1/sessions/{world.ids['session']}/{what}"
    return world.people[who].post("dosing", path, body)


def order_body(world: World, value: str, unit: str = "mg_per_kg") -> dict[str, Any]:
    """An IM order for 68.0 kg."""
    return {
        "amount": {"value": value, "unit": unit},
        "route": "im",
        "product": "ketamine_50mg_ml_10ml",
        "weight": {"kg": "68.0", "measured_at": world.stamp()},
    }


def _order(world: World) -> None:
    with world.stage.step("Dr Lee", "Order 35 mg/kg by mistake") as step:
        answer = expect(post(world, "orders", order_body(world, "35"), who="Dr Lee"), 409)
        step.answered = f"refused: {', '.join(answer.rules) or answer.slug}"
    with world.stage.step("Dr Lee", "Order 0.50 mg/kg IM at 68.0 kg") as step:
        order = expect(post(world, "orders", order_body(world, "0.50"), who="Dr Lee"), 201).body
        got = (order["amount_mg"], order["volume_ml"])
        check(got == ("34", "0.68"), f"34 mg in 0.68 mL expected, got {got}")
        step.answered = f"{order['amount_mg']} mg, {order['volume_ml']} mL of 50 mg/mL"


def observe(world: World, values: tuple[int, ...], *, who: str = "RN Ortiz") -> Answer:
    """Chart a set of readings."""
    names = ("systolic_mmhg", "diastolic_mmhg", "heart_rate_bpm", "spo2_percent", "moaas", "cadss6")
    readings = dict(zip(names, values, strict=True))
    body = {
        "observed_at": world.stamp(),
        **readings,
        **baseline.GOOD,
        "baseline": baseline.asked(world),
    }
    return expect(post(world, "observations", body, who=who), 201)


def _baseline(world: World) -> None:
    with world.stage.step("RN Ortiz", "Pre-dose: 124/76, HR 72, SpO2 98, CADSS-6 0") as step:
        observe(world, (124, 76, 72, 98, 5, 0))
        step.answered = "in range"


def _draw_and_check(world: World) -> None:
    with world.stage.step("RN Ortiz", "Draw 35 mg from V1") as step:
        body = {"container_id": world.ids["vial"], "amount_mg": "35"}
        answer = expect(post(world, "draws", body), 201).body
        world.ids["draw"] = answer["draw_id"]
        step.answered = f"vial {answer['balance_mg']} mg"
    with world.stage.step("RN Ortiz", "Give it without a second person's check") as step:
        refused = expect(_give(world), 409)
        check(bool(refused.rules), "the gate must name its rules")
        step.answered = f"refused: {', '.join(refused.rules)}"
        world.stage.crossed(step, "dosing.administration_refused.v1")
    with world.stage.step("RN Park", "Check the syringe: 34 mg in 0.68 mL, for Dana") as step:
        checked = {
            "draw_id": world.ids["draw"],
            "amount_mg": "34",
            "volume_ml": "0.68",
            "patient_identified": True,
        }
        expect(post(world, "checks", checked, who="RN Park"), 201)
        step.answered = "checked by a second log-in"


def _give(world: World) -> Answer:
    body = {
        "draw_id": world.ids["draw"],
        "amount_mg": "34",
        "administered_at": world.stamp(),
    }
    return post(world, "administrations", body)


def _administer(world: World) -> None:
    with world.stage.step("RN Ortiz", "Administer 34 mg IM") as step:
        dose = expect(_give(world), 201).body
        # The platform's own instant, from which it measures; the stated one may be earlier.
        world.first_dose_at = datetime.fromisoformat(dose["recorded_at"])
        world.ids["dose"] = dose["id"]
        step.answered = f"intake confirmed clearance {dose['clearance_version']}; charted"
        world.stage.crossed(step, "dosing.dose_administered.v1")


def _waste(world: World) -> None:
    with world.stage.step("RN Ortiz", "Waste 1 mg; RN Park witnesses") as step:
        path = f"/v1/draws/{world.ids['draw']}/wastes"
        body = {"amount_mg": "1", "reason": "residue"}
        waste = expect(world.ortiz.post("dosing", path, body), 201).body
        witness = f"/v1/wastes/{waste['id']}/witness"
        own = world.ortiz.post("dosing", witness, {"amount_mg": "1"})
        check(own.status == 409, "nobody may witness their own waste")
        expect(world.park.post("dosing", witness, {"amount_mg": "1"}), 201)
        vial = expect(world.ortiz.get("dosing", f"/v1/containers/{world.ids['vial']}"), 200).body
        check(vial["balance_mg"] == "465", f"465 mg expected, {vial['balance_mg']} found")
        check(vial["chain"] == "intact", "the ledger's chain must hold")
        step.answered = f"vial {vial['balance_mg']} mg, ledger intact; own witness refused"


def _watch(world: World) -> None:
    for minute, values in _WATCH.items():
        world.minutes_after_dose(minute)
        with world.stage.step("RN Ortiz", f"+{minute} min: {values[0]}/{values[1]}") as step:
            observe(world, values)
            step.answered = f"HR {values[2]}, MOAA/S {values[4]}, CADSS-6 {values[5]}"
            world.stage.crossed(step, "dosing.observation_recorded.v1")


def leave(world: World, **changes: Any) -> Answer:
    """Ask for the discharge, with everything it takes unless changed."""
    session = f"/v1/sessions/{world.ids['session']}"
    return world.ortiz.act_on("dosing", session, "discharge", {**_LEAVING, **changes})


def _discharge(world: World) -> None:
    world.minutes_after_dose(118)
    with world.stage.step("RN Ortiz", "+118 min: all fit, 122/76") as step:
        observe(world, _LAST)
        step.answered = "MOAA/S 5, Aldrete 10"
    world.minutes_after_dose(119)
    with world.stage.step("RN Ortiz", "Discharge at 119 min") as step:
        answer = expect(leave(world), 409)
        check(answer.rules != [], "a refused discharge must name its criteria")
        step.answered = f"refused: {', '.join(answer.rules)}"
    world.minutes_after_dose(120.1)
    with world.stage.step("RN Ortiz", "+120 min: last readings, 122/76") as step:
        observe(world, _LAST)
        step.answered = "MOAA/S 5, Aldrete 10"
    with world.stage.step("RN Ortiz", "Discharge at 120 min without the escort") as step:
        answer = expect(leave(world, escort={"present": False, "id_document": None}), 409)
        step.answered = f"refused: {', '.join(answer.rules)}"
    with world.stage.step("RN Ortiz", "Discharge at 120 min with the escort") as step:
        answer = expect(leave(world), 200)
        step.answered = str(answer.body["state"])
        world.stage.crossed(step, "dosing.session_discharged.v1", "integration.episode_opened.v1")
