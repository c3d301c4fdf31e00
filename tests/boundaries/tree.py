"""The tree every service has, so that who knows one finds their way in all."""

from collections.abc import Iterator
from pathlib import Path

BESIDE = ("README.md", "openapi.json", "pyproject.toml", "migrations/env.py", "tests/conftest.py")
MODULES = (
    "__init__.py",
    "__main__.py",
    "consume.py",
    "deps.py",
    "publish.py",
    "settings.py",
    "wiring.py",
    "data/__init__.py",
    "domain/__init__.py",
    "domain/errors.py",
    "http/__init__.py",
    "http/call.py",
    "http/policies.py",
    "store/__init__.py",
    "store/tables.py",
    "use_cases/__init__.py",
)
# What falls due, and verbs for operators: for a service that has any.
WHERE_NEEDED = {"due.py", "operations.py"}
# The one synchronous call between services: dosing asks intake to confirm clearance. And the solver
# that plans courses: only scheduling has one.
OF_ONE_SERVICE = {"scheduling": {"planner", "senders.py"}, "dosing": {"intake_client.py"}}
TESTED = ("domain", "http", "use_cases")  # each has tests of its own, in tests/<that>/
CATCH_ALL = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
PY_TYPED = "py.typed"  # says that the package carries its types


def faults_of_tree(home: Path, service: str) -> Iterator[str]:
    """What a service's tree lacks, or has and no other service would."""
    source = home / "src" / service
    wanted = [home / name for name in BESIDE] + [source / name for name in (*MODULES, PY_TYPED)]
    for path in wanted:
        if not path.is_file():
            yield f"missing: {path.relative_to(home)}"
    known = {name.split("/")[0] for name in MODULES} | {PY_TYPED, "__pycache__"}
    known |= WHERE_NEEDED | OF_ONE_SERVICE.get(service, set())
    for path in sorted(source.iterdir()):
        if path.name not in known:
            yield f"has no place in a service: {path.relative_to(home)}"
    if not list((home / "migrations/versions").glob("0001_*.py")):
        yield "missing: migrations/versions/0001_*.py"
    for part in TESTED:
        if not list((home / "tests" / part).glob("test_*.py")):
            yield f"missing: tests/{part}/test_*.py"
    for path in sorted(home.rglob("*")):
        if path.stem.lower() in CATCH_ALL:
            yield f"says nothing about its content: {path.relative_to(home)}"


def main_of(home: Path, service: str) -> str:
    """The text of `__main__`, with the service's own name taken out."""
    return (home / "src" / service / "__main__.py").read_text().replace(service, "<service>")
