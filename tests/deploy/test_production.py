"""With deploy/compose/production.yml nothing of the trial is left."""

from typing import Any

import pytest

from .overlays import SERVICES, overlay


def production() -> dict[str, Any]:
    """The file's services."""
    services: dict[str, Any] = overlay("production.yml")["services"]
    return services


def trial_left(services: dict[str, Any]) -> list[str]:
    """Processes that would still run in the embedded profile or trust the trial's issuer."""
    left = [
        f"migrate-{service}"
        for service in SERVICES
        if services[f"migrate-{service}"]["environment"].get("KAIROS_PROFILE") != "production"
    ]
    for name in (f"{service}-{form}" for service in SERVICES for form in ("api", "work")):
        environment = services[name]["environment"]
        if (
            environment.get("KAIROS_PROFILE") != "production"
            or environment.get("KAIROS_JWKS_FILE", "kept") is not None
            or "KAIROS_JWKS_URL" not in environment
            or services[name]["depends_on"].get("issuer", "kept") is not None
            or any(volume.startswith("keys:") for volume in services[name]["volumes"])
        ):
            left.append(name)
    return left if services.get("issuer", "kept") is None else ["issuer", *left]


def test_production_leaves_nothing_of_the_trial() -> None:
    assert trial_left(production()) == []


@pytest.mark.parametrize("variable", ["KAIROS_PROFILE", "KAIROS_JWKS_FILE", "KAIROS_JWKS_URL"])
def test_a_forgotten_setting_of_one_process_is_seen(variable: str) -> None:
    services = production()
    services["dosing-work"]["environment"] = dict(services["dosing-work"]["environment"])
    del services["dosing-work"]["environment"][variable]
    assert trial_left(services) == ["dosing-work"]
