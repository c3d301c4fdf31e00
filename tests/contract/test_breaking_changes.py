"""Each change that would break a caller is found, and none that would not."""

from collections.abc import Callable
from typing import Any

import pytest
from kairos_chassis.http.contract import breaking_changes

from .small_api import API, changed, field, post, schema

BREAKS: list[tuple[Callable[[Any], object], str]] = [
    (lambda a: a["paths"].pop("/v1/doses"), "POST /v1/doses: removed"),
    (lambda a: a["paths"]["/v1/doses"].pop("post"), "removed"),
    (lambda a: post(a).update(operationId="give"), "operationId changed"),
    (
        lambda a: post(a)["parameters"].append({"in": "query", "name": "site", "required": True}),
        "query parameter site: new and required",
    ),
    (lambda a: post(a)["parameters"].pop(0), "query parameter dry: removed"),
    (
        lambda a: post(a)["parameters"][0].update(required=True),
        "query parameter dry: became required",
    ),
    (
        lambda a: post(a)["parameters"][0].update(schema={"type": "string"}),
        "query parameter dry: may be no boolean any more, only string",
    ),
    (lambda a: post(a).pop("requestBody"), "request: no body is accepted any more"),
    (
        lambda a: a["paths"]["/v1/doses"]["get"].update(requestBody={"required": True}),
        "GET /v1/doses: request: a body became required",
    ),
    (
        lambda a: post(a)["requestBody"].update(content={"text/csv": {}}),
        "request: application/json is not accepted any more",
    ),
    (lambda a: schema(a, "Body")["required"].append("note"), "request.note: became required"),
    (
        lambda a: (
            schema(a, "Body")["required"].append("why"),
            schema(a, "Body")["properties"].update(why={"type": "string"}),
        ),
        "request.why: required, new",
    ),
    (lambda a: schema(a, "Body")["properties"].pop("note"), "request.note: not accepted any more"),
    (lambda a: field(a, "route")["enum"].remove("iv"), "request.route: 'iv' is refused now"),
    (
        lambda a: field(a, "drops").update(type="integer"),
        "request.drops: may be no number any more, only integer",
    ),
    (lambda a: field(a, "drops").update(minimum=1), "request.drops: minimum 0 for 1"),
    (lambda a: field(a, "drops").update(maximum=9), "request.drops: maximum 10 for 9"),
    (
        lambda a: field(a, "note")["anyOf"].pop(),
        "request.note: may be no null any more, only string",
    ),
    (lambda a: field(a, "sites").update(minItems=1), "request.sites: minItems None for 1"),
    (
        lambda a: field(a, "sites").update(items={"type": "string", "pattern": "^S"}),
        "request.sites[]: pattern differs",
    ),
    (
        lambda a: field(a, "sites").update(items={"type": "string", "enum": ["S"]}),
        "request.sites[]: any value, for one of ['S']",
    ),
    (lambda a: post(a)["responses"].pop("201"), "response 201: removed"),
    (lambda a: post(a)["responses"].pop("409"), "response 409: removed"),
    (
        lambda a: post(a)["responses"].update({"409": {"content": {"application/json": {}}}}),
        "response 409: application/problem+json removed",
    ),
    (lambda a: schema(a, "Dose")["properties"].pop("count"), "response 201.count: removed"),
    (
        lambda a: schema(a, "Dose")["required"].remove("id"),
        "response 201.id: no longer always there",
    ),
    (
        lambda a: field(a, "count", "Dose").update(type="number"),
        "response 201.count: may be number now, was integer",
    ),
    (
        lambda a: field(a, "count", "Dose").update(type=["integer", "null"]),
        "response 201.count: may be null now, was integer",
    ),
    (
        lambda a: field(a, "state", "Dose")["enum"].append("held"),
        "response 201.state: 'held' is new",
    ),
    (lambda a: field(a, "id", "Dose").update(format="date"), "response 201.id: format differs"),
]


@pytest.mark.parametrize(("change", "loss"), BREAKS, ids=[loss for _, loss in BREAKS])
def test_breaking_change_is_found(change: Callable[[Any], object], loss: str) -> None:
    found = breaking_changes(API, changed(change))

    assert [one for one in found if one.endswith(loss)], found


@pytest.mark.parametrize(
    "change",
    [
        lambda a: None,
        lambda a: a["paths"].update({"/v1/vials": {"get": {"responses": {}}}}),
        lambda a: post(a)["parameters"].append({"in": "query", "name": "site"}),
        lambda a: post(a)["parameters"].pop(1),
        lambda a: schema(a, "Body")["properties"].update(why={"type": "string"}),
        lambda a: schema(a, "Body")["required"].clear(),
        lambda a: field(a, "route")["enum"].append("oral"),
        lambda a: field(a, "drops").update(minimum=-1, maximum=11),
        lambda a: field(a, "drops").pop("maximum"),
        lambda a: field(a, "route").update(anyOf=[{"type": "string"}, {"type": "null"}]),
        lambda a: schema(a, "Dose")["properties"].update(at={"type": "string"}),
        lambda a: schema(a, "Dose")["required"].append("count"),
        lambda a: field(a, "state", "Dose")["enum"].remove("refused"),
        lambda a: post(a)["responses"].update({"503": {}}),
        lambda a: schema(a, "Dose").update(description="What was given."),
    ],
)
def test_harmless_change_is_let_through(change: Callable[[Any], object]) -> None:
    assert breaking_changes(API, changed(change)) == []
