"""The contracts of `.importlinter` hold, and each of them bites: a violation planted in a copy of
the sources is reported under that contract's name, and under no other."""

import os
import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

import pytest

from .house import PACKAGES, ROOT, SERVICES, source

_VERDICT = re.compile(r"^(?P<name>.+) (?P<verdict>KEPT|BROKEN)(?: \(.*\))?$", re.MULTILINE)


@dataclass(frozen=True)
class Plant:
    """A line that may not be written in that module."""

    contract: str
    module: str
    line: str

    def __str__(self) -> str:
        return f"{self.contract}: {self.module}"


INDEPENDENT = "Services are independent of each other"
LAYERS = "Layers inside a service"
DOMAIN = "Domains are free of frameworks"
TABLES = "Tables are private to the store"
SQL = "All SQL of a service lives in its store"
EVENTS = "The published language stands alone"
CHASSIS = "The chassis knows no service"
LOCAL = "The local launcher knows neither chassis nor services"
LOCAL_USE = "The local launcher is for tests and the command line"
TEST_KIT = "The test kit stays in tests"
PARTNERS = "The partner kit knows only the published language"
CLI = "The command line knows no service"

PLANTS = [
    Plant(INDEPENDENT, "integration/domain/planted.py", "import dosing.domain.errors"),
    Plant(LAYERS, "integration/domain/planted.py", "import integration.data"),
    Plant(LAYERS, "integration/store/planted.py", "import integration.use_cases"),
    Plant(LAYERS, "integration/use_cases/planted.py", "import integration.http.call"),
    Plant(LAYERS, "integration/publish.py", "import integration.store.episodes"),
    Plant(LAYERS, "integration/http/planted.py", "import integration.consume"),
    Plant(LAYERS, "integration/consume.py", "import integration.wiring"),
    Plant(LAYERS, "integration/helpers.py", ""),  # a module that has no place in the house
    Plant(DOMAIN, "integration/domain/planted.py", "import sqlalchemy"),
    Plant(DOMAIN, "dosing/domain/planted.py", "import kairos_chassis.outbox"),  # indirectly
    Plant(TABLES, "integration/use_cases/planted.py", "import integration.store.tables"),
    Plant(SQL, "integration/http/planted.py", "import sqlalchemy"),
    Plant(EVENTS, "kairos_events/planted.py", "import kairos_chassis.clock"),
    Plant(CHASSIS, "kairos_chassis/planted.py", "import dosing.domain.errors"),
    Plant(LOCAL, "kairos_local/planted.py", "import kairos_chassis.clock"),
    Plant(LOCAL_USE, "kairos_chassis/planted.py", "import kairos_local.ports"),
    Plant(TEST_KIT, "integration/http/planted.py", "import kairos_chassis.testing.tokens"),
    Plant(PARTNERS, "kairos_partner_kit/planted.py", "import kairos_chassis.clock"),
    Plant(CLI, "kairos_cli/planted.py", "import dosing.domain.errors"),
]


@dataclass(frozen=True)
class Copy:
    """The workspace's sources again, side by side in one folder."""

    folder: Path

    def verdicts(self) -> dict[str, bool]:
        """Which contracts are kept, by name."""
        ran = subprocess.run(
            [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder / "src")},
            capture_output=True,
            text=True,
            check=False,
        )
        found = {m["name"]: m["verdict"] == "KEPT" for m in _VERDICT.finditer(ran.stdout)}
        assert found, ran.stdout + ran.stderr
        assert (ran.returncode == 0) is all(found.values()), ran.stdout
        return found

    def broken(self) -> set[str]:
        """The names of the contracts that do not hold."""
        return {name for name, kept in self.verdicts().items() if not kept}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy in which nothing is planted."""
    folder = tmp_path_factory.mktemp("contracts")
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source(package), folder / "src" / package, ignore=ignored)
    shutil.copy(ROOT / ".importlinter", folder)
    return Copy(folder)


@pytest.fixture(scope="module")
def sound(copy: Copy) -> set[str]:
    """What is broken before anything is planted: nothing, says the first test."""
    return copy.broken()


def test_every_contract_is_kept(sound: set[str]) -> None:
    assert sound == set()


def test_every_contract_has_a_planted_violation(copy: Copy) -> None:
    config = ConfigParser()
    config.read(ROOT / ".importlinter")
    names = {
        config[section]["name"] for section in config if section.startswith("importlinter:contract")
    }

    assert names == set(copy.verdicts())
    assert names == {plant.contract for plant in PLANTS}


def test_contracts_name_every_service() -> None:
    config = ConfigParser()
    config.read(ROOT / ".importlinter")

    for section, option in [
        ("importlinter", "root_packages"),
        ("importlinter:contract:services-are-independent", "modules"),
        ("importlinter:contract:layers-of-a-service", "containers"),
        ("importlinter:contract:events-stand-alone", "forbidden_modules"),
        ("importlinter:contract:chassis-knows-no-service", "forbidden_modules"),
        ("importlinter:contract:local-knows-no-chassis", "forbidden_modules"),
        ("importlinter:contract:partner-kit-knows-only-the-language", "forbidden_modules"),
        ("importlinter:contract:cli-knows-no-service", "forbidden_modules"),
    ]:
        assert set(SERVICES) <= set(config[section][option].split()), section


@pytest.mark.parametrize("plant", PLANTS, ids=str)
def test_planted_violation_is_named(copy: Copy, sound: set[str], plant: Plant) -> None:
    module = copy.folder / "src" / plant.module
    before = module.read_text() if module.exists() else None

    module.write_text(f"{before or ''}\n{plant.line}\n")
    try:
        broken = copy.broken()
    finally:
        if before is None:
            module.unlink()
        else:
            module.write_text(before)

    assert broken - sound == {plant.contract}
