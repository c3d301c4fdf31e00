"""Where everything of this workspace is, for the tests that watch its boundaries."""

import importlib
from pathlib import Path
from typing import Any

from kairos_chassis.process import Service

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("intake", "scheduling", "dosing", "integration")
PACKAGES = {
    "kairos_events": ROOT / "libs/events",
    "kairos_chassis": ROOT / "libs/chassis",
    "kairos_local": ROOT / "libs/local",
    "kairos_partner_kit": ROOT / "libs/partner-kit",
    "kairos_cli": ROOT / "cli",
    **{service: ROOT / "services" / service for service in SERVICES},
}


def home(service: str) -> Path:
    """The folder of a service, with its README, migrations and src."""
    return PACKAGES[service]


def source(package: str) -> Path:
    """The folder of a package's modules."""
    return PACKAGES[package] / "src" / package


def python_files(folder: Path) -> list[Path]:
    """Every Python file under a folder. Raises FileNotFoundError where there is none: a check
    that looks at nothing must not pass."""
    found = sorted(folder.rglob("*.py"))
    if not found:
        raise FileNotFoundError(f"no Python under {folder.name}")
    return found


def service_object(service: str) -> Service[Any]:
    """The service as its process would run it."""
    found: Service[Any] = importlib.import_module(f"{service}.wiring").SERVICE
    return found
