"""Days 21 to 90: what came of it."""

from __future__ import annotations

from typing import Any

from kairos_cli.demo.acts import books, proof, scales, therapy
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
        plan = {"goals": [world.chart.goal], "contacts": [world.chart.contact]}
        _write_plan(world, "treatment", 1, plan)
        step.answered = "version 1"


def end(world: World) -> None:
    """Day 21: the series is over."""
    world.stage.scene("Days 21 to 90: what came of it")
    world.at(21)
    with world.stage.step("Dr Shah", "Day 21: end the series, plan for afterwards") as step:
        path = f"/v1/patients/{world.ids['patient']}/course-ends"
        expect(world.shah.post("integration", path, {"ended_at": world.stamp()}), 201)
        after = {
            "early_signs": [world.chart.early_sign],
            "what_helps": [world.chart.help],
            "follow_ups": [world.chart.follow_up],
        }
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
        check(_last(world, "qids_sr16")["score"] == "7", "QIDS 7 expected")
        index = phq9["reliable_change"]
        step.answered = f"PHQ-9 {phq9['change_percent']} %: response, no remission; index {index}"
    books.reconcile(world)


def follow(world: World) -> None:
    """Days 24 to 90."""
    for day, kind in ((24, "week 1"), (38, "maintenance"), (52, "week 4")):
        world.at(day)
        with world.stage.step("Dr Shah", f"Day {day}: follow-up, {kind}") as step:
            therapy.follow_up(world)
            step.answered = "recorded"
            if day == 52:
                proof.normal_urine(world, due=False)
                step.answered = "recorded; urinalysis normal"
            if day == 38:
                _maintenance(world)
                step.answered = "PHQ-9 8, PCL-5 17; maintenance: none now, look again at day 90"
    world.at(90)
    with world.stage.step("RN Ortiz", "Day 90: PHQ-9") as step:
        scales.ask(world, "phq9", scales.adding_up(7, 9, 3))
        world.stage.crossed(step, "integration.outcome_recorded.v1")
        last = _last(world, "phq9")
        check("relapse" not in last["classes"], "the response holds")
        proof.normal_urine(world, due=True)
        step.answered = f"{last['score']}: {', '.join(last['classes'])}; urinalysis normal"


def _maintenance(world: World) -> None:
    scales.ask(world, "phq9", scales.adding_up(8, 9, 3))
    scales.ask(world, "pcl5", scales.adding_up(17, 20, 4))
    plan = {"goals": [world.chart.goal], "interventions": [world.chart.intervention]}
    _write_plan(world, "treatment", 2, plan)


def _write_plan(world: World, kind: str, number: int, plan: dict[str, list[str]]) -> None:
    path = f"/v1/patients/{world.ids['patient']}/care-plans"
    body = {**_PLAN, "kind": kind, "number": number, "plan": plan}
    expect(world.shah.post("integration", path, body), 201)


def _last(world: World, instrument: str) -> dict[str, Any]:
    path = f"/v1/patients/{world.ids['patient']}/outcomes/{instrument}"
    points: list[dict[str, Any]] = expect(world.shah.get("integration", path), 200).body["points"]
    return points[-1]
