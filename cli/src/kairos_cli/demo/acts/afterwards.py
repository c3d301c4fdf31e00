"""Integration on the next day, and the withdrawal before a second dose."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from kairos_cli.demo.acts import booking, dosing_day
from kairos_cli.demo.stage import check, expect
from kairos_cli.demo.world import World


def integrate(world: World) -> None:
    """Day 1."""
    world.stage.scene("Integration: the next day")
    with world.stage.step("Dr Shah", "Which integration is due?") as step:
        episode = _episode(world)
        world.ids["episode"] = episode["id"]
        within = datetime.fromisoformat(episode["due_at"]) - world.first_dose_at
        check(within == timedelta(hours=24), f"due within 24 h of the dose, got {within}")
        step.answered = "open, due 24 h after the dose"
    world.platform.clock.set(world.first_dose_at + timedelta(hours=22))
    with world.stage.step("Dr Shah", "Record the integration session, 22 h after") as step:
        now = world.now()
        body = {
            "patient_id": world.ids["patient"],
            "episode_id": world.ids["episode"],
            "kind": "integration",
            "practitioner_id": str(world.shah.id),
            "started_at": (now - timedelta(minutes=60)).isoformat(),
            "ended_at": (now - timedelta(minutes=2)).isoformat(),
            "themes": [world.words.theme],
            "insights": [world.words.insight],
            "commitments": [world.words.commitment],
        }
        expect(world.shah.post("integration", "/v1/therapy-sessions", body), 201)
        closed = expect(
            world.shah.get("integration", f"/v1/episodes/{world.ids['episode']}"), 200
        ).body
        check(closed["state"] == "closed", "the session must close its episode")
        step.answered = f"episode {closed['outcome']}; what was said stays in its store"
        world.stage.crossed(
            step, "integration.therapy_session_recorded.v1", "integration.episode_closed.v1"
        )


def _episode(world: World) -> dict[str, Any]:
    found: list[dict[str, Any]] = []

    def opened() -> bool:
        page = world.shah.get("integration", "/v1/episodes", patient_id=world.ids["patient"])
        found[:] = expect(page, 200).body["items"]
        return bool(found)

    world.stage.until(opened, "the episode after the discharge")
    return found[0]


def withdraw(world: World) -> None:
    """Days 3 and 7: the consent is revoked between check-in and dose."""
    world.stage.scene("Withdrawal: consent is revoked before the second dose")
    _second_visit(world)
    _revoke(world)
    _refused(world)


def _second_visit(world: World) -> None:
    world.at(2)
    with world.stage.step("Desk", "Book dose 2 on day 4 and dose 3 on day 8") as step:
        second = expect(
            world.desk.post("scheduling", "/v1/visits", booking.visit(world, days=4)), 201
        )
        third = expect(
            world.desk.post("scheduling", "/v1/visits", booking.visit(world, days=8)), 201
        )
        world.ids["visit"], world.ids["next_visit"] = second.body["id"], third.body["id"]
        step.answered = "booked"
        world.stage.crossed(step, "scheduling.visit_booked.v1", "scheduling.visit_booked.v1")
    world.at(4, 0.1)
    with world.stage.step("Desk", "Day 4: check Dana in") as step:
        booking.arrive(world)
        step.answered = "checked in"
        world.stage.crossed(step, "scheduling.visit_checked_in.v1", "dosing.session_opened.v1")
    with world.stage.step("RN Ortiz", "Order, vitals, draw and check, as before") as step:
        world.ids["session"] = dosing_day.find_session(world)
        prepare_dose(world)
        step.answered = "all ready for 34 mg"


def prepare_dose(world: World) -> None:
    """Everything up to the gate."""
    session = f"/v1/sessions/{world.ids['session']}"
    order = dosing_day.order_body(world, "0.50")
    expect(world.lee.post("dosing", f"{session}/orders", order), 201)
    dosing_day.observe(world, (122, 76, 70, 98, 5, 0))
    drawn = {"container_id": world.ids["vial"], "amount_mg": "34"}
    answer = expect(world.ortiz.post("dosing", f"{session}/draws", drawn), 201)
    world.ids["draw"] = answer.body["draw_id"]
    checked = {
        "draw_id": world.ids["draw"],
        "amount_mg": "34",
        "volume_ml": "0.68",
        "patient_identified": True,
    }
    expect(world.park.post("dosing", f"{session}/checks", checked), 201)


def _revoke(world: World) -> None:
    with world.stage.step("Dr Shah", "Dana withdraws her consent") as step:
        path = f"/v1/consents/{world.ids['consent']}/revocation"
        answer = expect(world.shah.post("intake", path, {"reason": "patient_withdrew"}), 200)
        step.answered = str(answer.body["state"])
    with world.stage.step("RN Ortiz", "Administer 34 mg, the syringe in hand") as step:
        body = {"draw_id": world.ids["draw"], "amount_mg": "34", "administered_at": world.stamp()}
        path = f"/v1/sessions/{world.ids['session']}/administrations"
        answer = expect(world.ortiz.post("dosing", path, body), 409)
        check("not_cleared" in " ".join([answer.slug, *answer.rules]), f"{answer.rules}")
        step.answered = f"refused: {', '.join(answer.rules) or answer.slug}"
        world.stage.crossed(step, "dosing.administration_refused.v1")


def _refused(world: World) -> None:
    with world.stage.step("RN Ortiz", "Return the drawn drug to account") as step:
        path = f"/v1/draws/{world.ids['draw']}/returns"
        expect(world.ortiz.post("dosing", path, {"amount_mg": "34"}), 201)
        vial = expect(world.ortiz.get("dosing", f"/v1/containers/{world.ids['vial']}"), 200).body
        check(vial["balance_mg"] == "465", f"465 mg expected, {vial['balance_mg']} found")
        step.answered = f"vial {vial['balance_mg']} mg again"
    with world.stage.step("Desk", "Look at the visit of day 8") as step:
        path = f"/v1/visits/{world.ids['next_visit']}"

        def held() -> bool:
            return bool(expect(world.desk.get("scheduling", path), 200).body["state"] == "held")

        world.stage.until(held, "the next dosing visit on hold")
        step.answered = "on hold: nobody had to remember it"
        if "scheduling.visit_held.v1" not in world.stage.events():
            world.stage.crossed(step, "scheduling.visit_held.v1")
