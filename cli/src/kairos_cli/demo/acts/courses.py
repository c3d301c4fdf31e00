"""The reference course, three times IM and then lozenges at two clinics, booked by one call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kairos_cli.demo.acts import booking, screening
from kairos_cli.demo.people import Answer
from kairos_cli.demo.stage import check, expect
from kairos_cli.demo.world import DAY_0, World

_AT_B = "integration_lozenge_2"  # as on day 15 of the reference journey
_VISITS, _DOSES = 13, 6


def play(world: World) -> None:
    """Day -9: everything is planned and booked at once."""
    world.stage.scene("Scheduling: the whole course, planned and booked by one call")
    world.at(-9)
    _open(world)
    _clear_for_lozenges(world)
    _propose(world)
    _book(world)
    _hold(world)
    _repeat(world)


def _open(world: World) -> None:
    with world.stage.step("Ops", "Say when the clinics are open and the team is there") as step:
        days = [{"weekday": n, "opens_at": "08:00", "closes_at": "18:00"} for n in range(1, 7)]
        week = {"valid_from": "2027-01-01", "week": days}
        team = {"A": (world.lee, world.ortiz, world.park, world.shah), "B": (world.shah,)}
        for key, people in team.items():
            site = world.ids[f"site_{key}"]
            expect(world.ops.post("scheduling", f"/v1/sites/{site}/hours", week), 201)
            for person in people:
                path = f"/v1/practitioners/{person.id}/hours"
                expect(world.ops.post("scheduling", path, {**week, "site_id": site}), 201)
        step.answered = "Monday to Saturday, eight to six, by the clock on the wall"


def _clear_for_lozenges(world: World) -> None:
    with world.stage.step("Dr Lee", "Decide for lozenges as well; Shah has both signed") as step:
        found = screening.evaluate(world, "sublingual")
        path = f"/v1/patients/{world.ids['patient']}/decisions"
        body = {"evaluation_id": found["id"], "outcome": "eligible"}
        expect(world.lee.post("intake", path, body), 201)
        screening.sign_consent(world, "treatment_im", "treatment_sublingual")
        step.answered = "cleared for both routes"
        world.stage.crossed(step, "intake.eligibility_decided.v1", "intake.consent_signed.v1")


def _wish(world: World) -> dict[str, Any]:
    return {
        "patient_id": world.ids["patient"],
        "protocol": "im_then_lozenge",
        "starts_on": (DAY_0 - timedelta(days=7)).date().isoformat(),
        "site_ids": [world.ids["site_A"]],
        "step_sites": {_AT_B: world.ids["site_B"]},
        "weekdays": [1, 2, 3, 4, 5],
        "preferred_time": "09:00",
    }


def _propose(world: World) -> None:
    with world.stage.step("Desk", "Ask for plans of the whole course") as step:
        answer = expect(world.desk.post("scheduling", "/v1/course-proposals", _wish(world)), 201)
        world.ids["proposal"] = answer.body["id"]
        options = answer.body["options"]
        check(bool(options) and all(one["reasons"] for one in options), "plans must say why")
        step.answered = f"{len(options)} plans: {', '.join(one['aim'] for one in options)}"


def _book(world: World) -> None:
    with world.stage.step("Desk", "Book three IM, three lozenges and the talks at once") as step:
        answers: list[Answer] = []

        def booked() -> bool:
            answers.append(world.desk.post("scheduling", "/v1/planned-courses", _wish(world)))
            return answers[-1].status == 201

        world.stage.until(booked, "a course once the clearance has reached scheduling")
        course = answers[-1].body
        world.ids["course"] = course["id"]
        visits = course["steps"]
        doses = [one for one in visits.values() if one["route"]]
        check(len(visits) == _VISITS, f"{_VISITS} visits expected, {len(visits)} booked")
        check(len(doses) == _DOSES, f"{_DOSES} doses expected, {len(doses)} booked")
        check(visits[_AT_B]["site_id"] == world.ids["site_B"], "one talk is at clinic B")
        step.answered = f"{len(visits)} visits at two clinics, {len(doses)} of them doses"
        world.stage.crossed(step, *["scheduling.visit_booked.v1"] * _VISITS)
        step.events = [f"{_VISITS} visits announced"]


def _talk(world: World, days: int) -> dict[str, Any]:
    """A talk on a Saturday, when the course has nothing."""
    return booking.visit(
        world,
        days=days,
        site_id=world.ids["site_B"],
        room_id=None,
        visit_type="integration",
        route=None,
        staff={"therapist": str(world.shah.id)},
    )


def _hold(world: World) -> None:
    with world.stage.step("Desk", "Hold a Saturday for a moment, and give it back") as step:
        held = expect(world.desk.post("scheduling", "/v1/holds", _talk(world, 5)), 201).body
        world.ids["hold"] = held["id"]
        path = f"/v1/holds/{held['id']}/release"
        step.answered = str(expect(world.desk.post("scheduling", path, None), 200).body["state"])


def _repeat(world: World) -> None:
    with world.stage.step("Dr Shah", "Book three Saturdays across the change of clocks") as step:
        body = {**_talk(world, 5), "count": 3}
        series = expect(world.shah.post("scheduling", "/v1/visit-series", body), 201).body
        world.ids["series"] = series["id"]
        hours = {one["visit"]["starts_at"][11:16] for one in series["visits"]}
        check(len(hours) == 2, f"the same local time is another one by UTC: {hours}")
        step.answered = f"09:30 on the wall each time; {' and '.join(sorted(hours))} by UTC"
        world.stage.crossed(step, *["scheduling.visit_booked.v1"] * 3)
