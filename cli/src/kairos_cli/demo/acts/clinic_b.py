"""Clinic B: a site of its own, whose people and drug are its own too."""

from __future__ import annotations

from datetime import timedelta

from kairos_cli.demo.acts import booking, dosing_day, scales
from kairos_cli.demo.people import Person
from kairos_cli.demo.stage import check, expect
from kairos_cli.demo.world import DAY_0, World

STAFF = {"Dr Kim": "prescriber", "RN Bell": "nurse", "RN Cole": "nurse", "Dr Ruiz": "therapist"}
_EARLIER = timedelta(minutes=75)  # before the hour at clinic A on the same day
_REFUSED = "patient_specific_not_transferable"


def open_clinic(world: World) -> None:
    """Before the patient: four people who work at B alone, and a vial of B's own."""
    with world.stage.step(
        "Ops", "Clinic B: Kim, Bell, Cole and Ruiz, who work there alone"
    ) as step:
        count = 0
        for name, role in STAFF.items():
            world.hire(name, role, at="B")
            count += booking.register(world, name, role)
        step.answered = f"4 people, {count} credentials"
        world.stage.crossed(
            step,
            *["scheduling.practitioner_registered.v1"] * 4,
            *["scheduling.credential_recorded.v1"] * count,
        )
        step.events = [f"{len(step.events)} events of practitioners and credentials"]
    with world.stage.step("RN Bell", "Receive vial V2 at clinic B: 500 mg, lot K2502") as step:
        body = {
            "site_id": world.ids["site_B"],
            "product": "ketamine_50mg_ml_10ml",
            "lot": "K2502",
            "expires_on": "2028-04-04",
            "amount_mg": "500",
        }
        vial = expect(_bell(world).post("dosing", "/v1/containers", body), 201).body
        world.ids["vial_B"] = vial["id"]
        elsewhere = _bell(world).post("dosing", "/v1/containers", body | {"site_id": _a(world)})
        check(elsewhere.status in (403, 404), "who works at B alone receives nothing at A")
        step.answered = f"balance {vial['balance_mg']} mg; nothing received at clinic A"


def refuse_tablets(world: World) -> None:
    """Day 14: Dana comes to clinic B first, but her tablets are held at A, and stay there."""
    starts = DAY_0 + timedelta(days=14, minutes=30) - _EARLIER
    with world.stage.step("Desk", "Day 14: book clinic B, and check Dana in there") as step:
        people = {"prescriber": "Dr Kim", "nurse": "RN Bell", "therapist": "Dr Ruiz"}
        body = booking.visit(
            world,
            site_id=world.ids["site_B"],
            room_id=world.ids["room_B"],
            visit_type="dosing_sublingual",
            route="sublingual",
            starts_at=starts.isoformat(),
            staff={role: str(world.people[name].id) for role, name in people.items()},
        )
        world.ids["visit"] = booking.book_once_cleared(world, body).body["id"]
        world.platform.clock.set(starts - timedelta(minutes=10))
        scales.clear_screen(world)
        booking.arrive(world)
        world.ids["session"] = dosing_day.find_session(world, "B")
        step.answered = "checked in at clinic B"
    with world.stage.step("RN Bell", "Draw R1, which is held at A for Dana") as step:
        order = dosing_day.order_body(world, "100", "mg")
        order |= {"route": "sublingual", "product": "ketamine_rdt_100mg_12"}
        expect(dosing_day.post(world, "orders", order, who="Dr Kim"), 201)
        dosing_day.observe(world, (122, 76, 70, 98, 5, 0), who="RN Bell")
        drawn = {"container_id": world.ids["tablets"], "amount_mg": "100"}
        refused = dosing_day.post(world, "draws", drawn, who="RN Bell")
        expect(refused, 409, rules=(_REFUSED,))
        step.answered = f"refused: {', '.join(refused.rules)}"
    with world.stage.step("RN Ortiz", "Send R1 from clinic A to clinic B") as step:
        path = f"/v1/containers/{world.ids['tablets']}/transfers"
        sent = world.ortiz.post("dosing", path, {"to_site_id": world.ids["site_B"]})
        expect(sent, 409, _REFUSED)
        step.answered = f"refused: {sent.slug}"
    _leave(world)


def _leave(world: World) -> None:
    with world.stage.step("RN Bell", "End the session at clinic B: no dose was given") as step:
        path = f"/v1/sessions/{world.ids['session']}"
        ended = _bell(world).act_on("dosing", path, "abortion", {"reason": "other"})
        step.answered = str(expect(ended, 200).body["state"])
        world.stage.crossed(step, "dosing.session_aborted.v1", "scheduling.visit_completed.v1")


def _bell(world: World) -> Person:
    return world.people["RN Bell"]


def _a(world: World) -> str:
    return world.ids["site_A"]
