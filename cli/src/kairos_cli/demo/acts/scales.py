"""Rating scales, as a nurse asks them: item by item, or a total that was counted on paper."""

from __future__ import annotations

from typing import Any

from kairos_cli.demo.people import Answer
from kairos_cli.demo.stage import expect
from kairos_cli.demo.world import World


def start(world: World, instrument: str) -> str:
    """Begin a scale. Returns the assessment's id."""
    path = f"/v1/patients/{world.ids['patient']}/assessments"
    answer = expect(world.ortiz.post("intake", path, {"instrument": instrument}), 201)
    return str(answer.body["id"])


def reply(world: World, assessment: str, item: str, value: int) -> Answer:
    """Answer one item."""
    path = f"/v1/assessments/{assessment}/answers"
    return expect(world.ortiz.post("intake", path, {"item": item, "value": value}), 201)


def complete(world: World, assessment: str) -> dict[str, Any]:
    """Have it scored."""
    got = expect(world.ortiz.get("intake", f"/v1/assessments/{assessment}"), 200)
    path = f"/v1/assessments/{assessment}/completion"
    return expect(world.ortiz.post("intake", path, etag=got.etag), 200).body


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


def adding_up(total: int, items: int, most: int) -> dict[str, int]:
    """Answers that add up to a total, the first items first: the last ones stay 0."""
    answers = {}
    for number in range(1, items + 1):
        value = min(total, most)
        answers[f"item{number}"] = value
        total -= value
    return answers
