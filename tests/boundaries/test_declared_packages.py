"""Each package runs with what it declares: in a Python that sees nothing else, every module of it
can be imported. What a sibling happens to bring along is not there to be relied on."""

import subprocess
import sys
from pathlib import Path

import pytest

from .closure import closure, lay_out, modules, undeclared_imports
from .house import PACKAGES, SERVICES, source

_IMPORT_ALL = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    importlib.import_module(name)
"""


def importing(package: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Import every module of a package where only `folder` and the standard library are."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", _IMPORT_ALL, str(folder), *modules(package)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_package_needs_only_what_it_declares(package: str, tmp_path: Path) -> None:
    lay_out(package, tmp_path)

    ran = importing(package, tmp_path)

    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    ("package", "lost", "module"),
    [
        ("integration", "kairos-events", "kairos_events"),
        ("integration", "pydantic-core", "pydantic_core"),
        ("kairos_chassis", "structlog", "structlog"),
        ("kairos_events", "pydantic", "pydantic"),
    ],
)
def test_missing_package_is_noticed(package: str, lost: str, module: str, tmp_path: Path) -> None:
    lay_out(package, tmp_path, without=lost)

    ran = importing(package, tmp_path)

    assert ran.returncode != 0
    assert f"No module named '{module}'" in ran.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_service_stands_on_neither_launcher_nor_siblings(service: str) -> None:
    siblings = {f"kairos-{other}" for other in SERVICES}

    assert not {"kairos-local", "kairos-cli", *siblings} & closure(service).keys()


@pytest.mark.parametrize("package", PACKAGES)
def test_package_declares_what_it_imports(package: str) -> None:
    assert list(undeclared_imports(package, source(package))) == []


def test_undeclared_import_is_noticed(tmp_path: Path) -> None:
    code = "import json\nimport integration.deps\nimport pydantic\nimport structlog.stdlib\n"
    (tmp_path / "planted.py").write_text(code + "from kairos_local import ports\n")

    assert list(undeclared_imports("integration", tmp_path)) == [
        "planted.py:4: structlog",
        "planted.py:5: kairos_local",
    ]
