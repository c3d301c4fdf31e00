"""Rating scales, as a nurse asks them: item by item, or a total that was counted on paper."""

from __future__ import annotations

from typing import Any

from kairos_cli.demo.people import Answer
from kairos_cli.demo.stage import check, expect
from kairos_cli.demo.world import World


def start(world: World, instrument: str) -> str:
    """Begin a scale. Returns the assessment's id."""
    path = f"/v1/patients/{world.ids['patient']}/assessments"
    answer = expect(world.ortiz.post("intake", path, {"instrument": instrument}), 201)
    return str(answer.body["id"])


def begun(world: World, instrument: str) -> str:
    """The scale that the platform has begun by itself, because an answer asks for it."""
    path = f"/v1/patients/{world.ids['patient']}/assessments"
    listed = expect(world.ortiz.get("intake", path), 200).body["items"]
    waiting = [one["id"] for one in listed if one["instrument"] == instrument]
    check(len(waiting) == 1, f"{instrument} must be begun once, {len(waiting)} found")
    return str(waiting[0])


def reply(world: World, assessment: str, item: str, value: int) -> Answer:
    """Answer one item."""
    path = f"/v1/assessments/{assessment}/answers"
    return expect(world.ortiz.post("intake", path, {"item": item, "value": value}), 201)


def complete(world: World, assessment: str) -> dict[str, Any]:
    """Have it scored."""
    path = f"/v1/assessments/{assessment}"
    return expect(world.ortiz.act_on("intake", path, "completion"), 200).body


def ask(world: World, instrument: str, answers: dict[str, int]) -> dict[str, Any]:
    """The whole scale."""
    assessment = start(world, instrument)
    for item, value in answers.items():
        reply(world, assessment, item, value)
    return complete(world, assessment)


def enter(world: World, instrument: str, total: str) -> dict[str, Any]:
    """The total of a scale whose items Kairos may not show."""
    path = f"/v1/patients/{world.ids['patient']}/scores"
    code = "mean" if instrument == "meq30" else "total"
    body: dict[str, Any] = {"instrument": instrument, "scores": {code: total}}
    if instrument == "qids_sr16":
        body["items"] = {"item12": 0}  # about safety: told beside the total
    kept: dict[str, Any] = expect(world.ortiz.post("intake", path, body), 201).body["assessment"]
    return kept


def clear_screen(world: World) -> None:
    """The screen before a dose: nothing since the last visit."""
    risk = ask(world, "cssrs_screener", {"q1": 0, "q2": 0, "q6_lifetime": 0})["band"]
    check(risk == "none", f"the screen before the dose must be clear, it is {risk}")


def chart(world: World, **facts: Any) -> list[str]:
    """Record facts that a nurse has found out. Returns the ids of the entries."""
    at = world.stamp()
    rows = [
        {"name": name, "value": value, "occurred_at": at, "source": "clinician"}
        for name, value in facts.items()
    ]
    path = f"/v1/patients/{world.ids['patient']}/facts"
    kept = expect(world.ortiz.post("intake", path, {"facts": rows}), 201).body["items"]
    return [str(one["id"]) for one in kept]


def check_done(world: World, check_of: str, charted_in: str) -> None:
    """Note a check that is due as done, and where its result stands."""
    wanted = {"patient_id": world.ids["patient"], "state": "open", "limit": 100}
    found: list[dict[str, Any]] = []

    def asked() -> bool:
        page = expect(world.ortiz.get("integration", "/v1/measures", **wanted), 200).body["items"]
        found[:] = [one for one in page if one["instrument"] == check_of]
        return bool(found)

    world.stage.until(asked, f"the check {check_of}")
    path = f"/v1/measures/{found[0]['id']}"
    body = {"charted_in": charted_in}
    expect(world.ortiz.act_on("integration", path, "completion", body), 200)


def adding_up(total: int, items: int, most: int) -> dict[str, int]:
    """Answers that add up to a total, the first items first: the last ones stay 0."""
    answers = {}
    for number in range(1, items + 1):
        value = min(total, most)
        answers[f"item{number}"] = value
        total -= value
    return answers
