"""The compose file keeps its rules, and each rule can be seen to fail."""

import copy
import importlib
import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/pyproject.toml"))
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")

# The broker's image writes its configuration into itself when it starts.
WRITABLE_ROOT = {"kafka"}

Rule = Callable[[dict[str, Any]], list[str]]


def is_pinned(image: str) -> bool:
    """Whether an image's name says which one: a tag other than latest, or a digest."""
    _, _, tag = image.rpartition("/")[2].partition(":")
    return "@sha256:" in image or (tag != "" and not tag.startswith("latest"))


def images_are_pinned(compose: dict[str, Any]) -> list[str]:
    return [name for name, it in compose["services"].items() if not is_pinned(it["image"])]


def nothing_is_privileged(compose: dict[str, Any]) -> list[str]:
    return [
        name
        for name, it in compose["services"].items()
        if it.get("cap_drop") != ["ALL"]
        or "no-new-privileges:true" not in it.get("security_opt", [])
        or it.get("privileged")
        or str(it.get("user", "1")).partition(":")[0] in ("0", "root")
    ]


def roots_are_read_only(compose: dict[str, Any]) -> list[str]:
    return [
        name
        for name, it in compose["services"].items()
        if name not in WRITABLE_ROOT and not (it.get("read_only") and it.get("tmpfs"))
    ]


def services_are_whole(compose: dict[str, Any]) -> list[str]:
    """Each service is there as job, API and worker, each running its verb of its own image."""
    verbs = {"migrate-{}": "migrate", "{}-api": "serve", "{}-work": "work"}
    wanted = [
        (form.format(service), service, verb)
        for service in SERVICES
        for form, verb in verbs.items()
    ]
    return [
        name
        for name, service, verb in wanted
        if (it := compose["services"].get(name)) is None
        or it["command"] != [verb]
        or f"/{service}:" not in it["image"]
    ]


def starts_in_order(compose: dict[str, Any]) -> list[str]:
    """No process before its database is migrated, no worker before its topics are there."""
    done = {"condition": "service_completed_successfully"}
    wanted = [
        (f"{service}-{form}", f"migrate-{service}")
        for service in SERVICES
        for form in ("api", "work")
    ]
    wanted += [(f"{service}-work", "topics") for service in SERVICES]
    wanted += [(f"migrate-{service}", "provision") for service in SERVICES]
    faults = [
        f"{name} before {first}"
        for name, first in wanted
        if compose["services"][name]["depends_on"].get(first) != done
    ]
    healthy = {"condition": "service_healthy"}
    for name, first in (("provision", "postgres"), ("topics", "kafka")):
        if compose["services"][name]["depends_on"].get(first) != healthy:
            faults.append(f"{name} before {first}")
    return faults


def processes(compose: dict[str, Any]) -> dict[str, Any]:
    """What runs until told to stop."""
    return {name: it for name, it in compose["services"].items() if it["restart"] != "no"}


def processes_are_watched(compose: dict[str, Any]) -> list[str]:
    return [
        name
        for name, it in processes(compose).items()
        if it["restart"] != "unless-stopped"
        or not it.get("healthcheck", {}).get("test")
        or not it.get("stop_grace_period")
    ]


def resources_are_limited(compose: dict[str, Any]) -> list[str]:
    def limits(it: dict[str, Any]) -> set[str]:
        return set(it.get("deploy", {}).get("resources", {}).get("limits", {}))

    wanted = {"cpus", "memory", "pids"}
    return [name for name, it in compose["services"].items() if limits(it) != wanted]


def ports_stay_on_loopback(compose: dict[str, Any]) -> list[str]:
    ports = [port for it in compose["services"].values() for port in it.get("ports", [])]
    return [port for port in ports if not port.startswith("127.0.0.1:")]


def contract() -> set[str]:
    """Every variable that some process reads, from the settings classes themselves."""
    modules = ["kairos_chassis.settings", *(f"{service}.settings" for service in SERVICES)]
    loaded = [importlib.import_module(name) for name in modules if importlib.util.find_spec(name)]
    return {
        f"KAIROS_{field.upper()}"
        for module in loaded
        for it in vars(module).values()
        if isinstance(it, type) and issubclass(it, BaseSettings)
        for field in it.model_fields
    }


def variables_are_known(compose: dict[str, Any]) -> list[str]:
    known = contract()
    return sorted(
        {
            variable
            for it in compose["services"].values()
            for variable in it.get("environment", {})
            if variable.startswith("KAIROS_") and variable not in known
        }
    )


def example_is_whole(compose: dict[str, Any]) -> list[str]:
    """Every value the compose file asks for has its line in .env.example."""
    asked = set(re.findall(r"\$\{(\w+)", yaml.safe_dump(compose)))
    return sorted(asked - set(re.findall(r"^(\w+)=", EXAMPLE, flags=re.MULTILINE)))


def plant(name: str, key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """A change that sets one key of one service."""

    def change(compose: dict[str, Any]) -> None:
        compose["services"][name][key] = value

    return change


RULES: dict[Rule, Callable[[dict[str, Any]], None]] = {
    images_are_pinned: plant("postgres", "image", "postgres"),
    nothing_is_privileged: plant("dosing-api", "user", "0:0"),
    roots_are_read_only: plant("dosing-api", "read_only", False),
    services_are_whole: plant("dosing-work", "command", ["serve"]),
    starts_in_order: plant("intake-work", "depends_on", {}),
    processes_are_watched: plant("intake-api", "healthcheck", {"disable": True}),
    resources_are_limited: plant("kafka", "deploy", {}),
    ports_stay_on_loopback: plant("intake-api", "ports", ["8101:8080"]),
    variables_are_known: plant("intake-api", "environment", {"KAIROS_INTAKE_PASSWRD": "x"}),
    example_is_whole: plant("intake-api", "environment", {"X": "${NOT_IN_THE_EXAMPLE}"}),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_compose_file_keeps(rule: Rule) -> None:
    assert rule(COMPOSE) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_compose_rule_sees_its_violation(rule: Rule) -> None:
    planted = copy.deepcopy(COMPOSE)
    RULES[rule](planted)
    assert rule(planted) != []
