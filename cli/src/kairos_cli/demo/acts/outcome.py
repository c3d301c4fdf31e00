"""Days 21 to 90: what came of it, and the proof that every promise was kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from kairos_cli.demo.acts import scales, therapy
from kairos_cli.demo.stage import check, expect
from kairos_cli.demo.world import World

_PLAN = {
    "indication": "trd",
    "zone": "America/Denver",
}


def baseline(world: World) -> None:
    """Day -10: what integration keeps of the screening, and the first care plan."""
    with world.stage.step("Dr Shah", "Day -10: where Dana stands") as step:
        first = {name: _last(world, name)["score"] for name in ("phq9", "gad7", "pcl5")}
        step.answered = ", ".join(f"{name} {score}" for name, score in first.items())
    with world.stage.step("Dr Shah", "Write the care plan") as step:
        plan = {"goals": ["sleep without dread"], "contacts": ["her brother"]}
        _write_plan(world, "treatment", 1, plan)
        step.answered = "version 1"


def end(world: World) -> None:
    """Day 21: the series is over."""
    world.stage.scene("Days 21 to 90: what came of it")
    world.at(21)
    with world.stage.step("Dr Shah", "Day 21: end the series, plan for afterwards") as step:
        path = f"/v1/patients/{world.ids['patient']}/course-ends"
        expect(world.shah.post("integration", path, {"ended_at": world.stamp()}), 201)
        after = {"early_signs": ["waking at four"], "what_helps": ["the river"]}
        _write_plan(world, "after_care", 1, after)
        step.answered = "what is measured afterwards is planned"
    with world.stage.step("RN Ortiz", "PHQ-9 9, GAD-7 7, QIDS 7, C-SSRS") as step:
        scales.ask(world, "phq9", scales.adding_up(9, 9, 3))
        scales.ask(world, "gad7", scales.adding_up(7, 7, 3))
        scales.enter(world, "qids_sr16", "7")
        risk = scales.ask(world, "cssrs_screener", {"q1": 0, "q2": 0, "q6_lifetime": 0})
        step.answered = f"C-SSRS {risk['band']}"
        world.stage.crossed(step, *["integration.outcome_recorded.v1"] * 3)
    with world.stage.step("Dr Shah", "How does Dana fare?") as step:
        phq9, gad7 = _last(world, "phq9"), _last(world, "gad7")
        check(phq9["change_percent"] == "-52.6", f"-52.6 % expected, {phq9['change_percent']}")
        check("response" in phq9["classes"], "half of the symptoms gone is a response")
        check("remission" not in phq9["classes"], "9 is no remission")
        check(gad7["change_percent"] == "-50", f"-50 % expected, {gad7['change_percent']}")
        index = phq9["reliable_change"]
        step.answered = f"PHQ-9 {phq9['change_percent']} %: response, no remission; index {index}"


def follow(world: World) -> None:
    """Days 24 to 90."""
    for day, kind in ((24, "week 1"), (38, "maintenance"), (52, "week 4")):
        world.at(day)
        with world.stage.step("Dr Shah", f"Day {day}: follow-up, {kind}") as step:
            therapy.sign(world, "integration", {"themes": [world.words.theme]}, None)
            step.answered = "signed"
            if day == 38:
                _maintenance(world)
                step.answered = "PHQ-9 8, PCL-5 17; maintenance: none now, look again at day 90"
    world.at(90)
    with world.stage.step("RN Ortiz", "Day 90: PHQ-9") as step:
        scales.ask(world, "phq9", scales.adding_up(7, 9, 3))
        world.stage.crossed(step, "integration.outcome_recorded.v1")
        last = _last(world, "phq9")
        check("relapse" not in last["classes"], "the response holds")
        step.answered = f"{last['score']}: {', '.join(last['classes'])}"


def prove(world: World) -> None:
    """The promises of the journey, asked of the platform's own records."""
    world.stage.scene("Asked of the records: was every promise kept?")
    _doses(world)
    _ledger(world)
    _integration(world)
    _privacy(world)


def _maintenance(world: World) -> None:
    scales.ask(world, "phq9", scales.adding_up(8, 9, 3))
    scales.ask(world, "pcl5", scales.adding_up(17, 20, 4))
    plan = {"goals": ["sleep without dread"], "interventions": ["no maintenance dose for now"]}
    _write_plan(world, "treatment", 2, plan)


def _write_plan(world: World, kind: str, number: int, plan: dict[str, list[str]]) -> None:
    path = f"/v1/patients/{world.ids['patient']}/care-plans"
    body = {**_PLAN, "kind": kind, "number": number, "plan": plan}
    expect(world.shah.post("integration", path, body), 201)


def _last(world: World, instrument: str) -> dict[str, Any]:
    path = f"/v1/patients/{world.ids['patient']}/outcomes/{instrument}"
    points: list[dict[str, Any]] = expect(world.shah.get("integration", path), 200).body["points"]
    return points[-1]


def _doses(world: World) -> None:
    with world.stage.step("Dr Lee", "Six doses, three days apart, each watched") as step:
        given: list[datetime] = []
        fewest = 99
        for session in world.sessions:
            own = f"/v1/sessions/{session}"
            doses = expect(world.lee.get("dosing", f"{own}/administrations"), 200).body["items"]
            given += [datetime.fromisoformat(dose["administered_at"]) for dose in doses]
            seen = expect(world.lee.get("dosing", f"{own}/observations"), 200).body["items"]
            fewest = min(fewest, len(seen))
        check(len(given) == 6, f"6 administrations expected, {len(given)} found")
        gaps = [later - earlier for earlier, later in pairwise(given)]
        check(min(gaps) >= timedelta(hours=72), f"a gap of {min(gaps)} is too short")
        check(fewest >= 5, f"a dose has only {fewest} sets of vitals")
        step.answered = f"{len(given)} doses, shortest gap {min(gaps)}, {fewest} vitals at least"


def _ledger(world: World) -> None:
    with world.stage.step("RN Park", "Every milligram accounted for") as step:
        books = {}
        for name, left in (("vial", "376"), ("tablets", "700")):
            path = f"/v1/containers/{world.ids[name]}"
            books[name] = expect(world.park.get("dosing", path), 200).body
            check(books[name]["balance_mg"] == left, f"{name}: {left} mg expected")
            check(books[name]["chain"] == "intact", f"{name}: the chain must hold")
        wastes = [e for e in books["vial"]["entries"] if e["kind"] == "waste"]
        gave = [e for e in books["vial"]["entries"] if e["kind"] == "administer"]
        check(len(wastes) == 1, "one waste")
        check(wastes[0]["witness"] not in (None, wastes[0]["actor"]), "a witness of its own")
        used = sum(Decimal(entry["amount_mg"]) for entry in wastes + gave)
        check(used == 124, f"123 mg given and 1 mg wasted expected, {used} found")
        step.answered = "V1 376 mg = 500 - 123 given - 1 wasted before a witness; R1 7 tablets"


def _integration(world: World) -> None:
    with world.stage.step("Dr Shah", "No integration forgotten") as step:
        wanted = {"patient_id": world.ids["patient"]}
        page = expect(world.shah.get("integration", "/v1/episodes", **wanted), 200).body["items"]
        check(len(page) == 6, f"6 episodes expected, {len(page)} found")
        check(all(one["outcome"] == "completed" for one in page), "all completed")
        check(all(one["closed_at"] <= one["due_at"] for one in page), "each in time")
        wanted["state"] = "open"
        calls = expect(world.shah.get("integration", "/v1/safety-calls", **wanted), 200).body
        check(not calls["items"], "no safety call is open")
        step.answered = f"{len(page)} episodes completed before their deadline, both calls made"


def _privacy(world: World) -> None:
    with world.stage.step("Ops", "Private words stayed private") as step:
        mine = {world.shah.id, world.people["Dana"].id}
        for exchange in world.exchanges:
            if exchange.actor not in mine:
                said = str(exchange.answer.body)
                check(world.private.note not in said, f"the note is in {exchange.path}")
                check(world.private.journal not in said, f"the journal is in {exchange.path}")
        step.answered = f"not a word in {len(world.exchanges)} answers to anybody else"
