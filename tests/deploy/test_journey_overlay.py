"""The proof with a moving clock stays apart from every installation."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from .overlays import ROOT, SERVICES, overlay

JOURNEY = overlay("journey.yml")
FORMS = ("api", "work")
Rule = Callable[[dict[str, Any]], list[str]]


def has_a_project_of_its_own(journey: dict[str, Any]) -> list[str]:
    """Its volumes are thrown away: they must not be those of a clinic."""
    main = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return [journey["name"]] if journey["name"] == main["name"] else []


def every_process_goes_by_its_clock(journey: dict[str, Any]) -> list[str]:
    names = [f"{service}-{form}" for service in SERVICES for form in FORMS]
    wanted = journey["x-time"]
    return [
        name
        for name in names
        if not wanted.items() <= journey["services"][name]["environment"].items()
        or journey["services"][name]["volumes"][0] != "issuer:/var/lib/kairos/issuer:ro"
    ]


def publishes_no_port(journey: dict[str, Any]) -> list[str]:
    """Beside a running trial its ports are taken."""
    apis = [f"{service}-api" for service in SERVICES]
    return [name for name in apis if journey["services"][name].get("ports", "kept") is not None]


def _set(path: tuple[str, ...], value: Any) -> Callable[[dict[str, Any]], None]:
    def change(journey: dict[str, Any]) -> None:
        place = journey
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


RULES: dict[Rule, Callable[[dict[str, Any]], None]] = {
    has_a_project_of_its_own: _set(("name",), "kairos"),
    every_process_goes_by_its_clock: _set(("services", "dosing-work", "environment"), {}),
    publishes_no_port: _set(("services", "intake-api", "ports"), ["127.0.0.1:8101:8080"]),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_journey_overlay_keeps(rule: Rule) -> None:
    assert rule(JOURNEY) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_journey_rule_sees_its_violation(rule: Rule) -> None:
    planted = copy.deepcopy(JOURNEY)
    RULES[rule](planted)
    assert rule(planted) != []


def test_no_other_file_lets_time_be_moved() -> None:
    main = (ROOT / "docker-compose.yml").read_text("utf-8")
    production = (ROOT / "deploy/compose/production.yml").read_text("utf-8")
    assert "KAIROS_CLOCK" not in main + production
    assert "KAIROS_CLOCK" in (ROOT / "deploy/compose/journey.yml").read_text("utf-8")
