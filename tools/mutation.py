"""`python -m tools.mutation [MODULE ...]`: change dosing's rules one operator at a time.

A test has to notice each change. The mutants come from cosmic-ray (`tools/mutants.py`, in the
environment of `make security`). The rules' own tests are collected once; each mutant is met in a
process forked for it, in which the changed functions take the place of the written ones: nothing
in the tree is touched, no database is needed, and thousands take minutes. Exits 1 where a mutant
lives that `tools/mutation.toml` does not explain, or where that file explains one that does not
live any more.
"""

import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from enum import Enum
from pathlib import Path
from types import FunctionType, MemberDescriptorType, ModuleType
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
DOSING = ROOT / "services/dosing"
COSMIC = ROOT / ".venv-security/bin/python"
MODULES = (
    "gate",
    "further",
    "lot",
    "break_glass",
    "clearance",
    "pre_dose",
    "baseline",
    "oximetry",
    "interval",
    "staff",
    "overrides",
    "discharge",
    "elapsed",
    "order",
    "order_stops",
    "exposure",
)
SECONDS = 30  # a mutant that runs longer is as good as noticed: the tests take one
_KILLED, _LIVES = 0, 1
Mutant = dict[str, Any]


def main() -> int:
    """Run it. Returns the exit code."""
    names = sys.argv[1:] or list(MODULES)
    files = [str(DOSING / f"src/dosing/domain/{name}.py") for name in names]
    made = subprocess.run(
        [COSMIC, ROOT / "tools/mutants.py", *files], capture_output=True, text=True, check=True
    )
    everything = [json.loads(line) for line in made.stdout.splitlines()]
    run = _Run([one for one in everything if not any(_explains(r, one) for r in _rules("any"))])
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kairos-mutation-") as name:
        # A package of its own, away from the fixtures that bring up databases.
        folder = Path(name)
        shutil.copytree(DOSING / "tests/domain", folder / "domain")
        (folder / "domain/__init__.py").touch()
        (folder / "pytest.ini").write_text("[pytest]\n")
        sys.path.insert(0, name)
        os.environ["KAIROS_MACHINE_EXAMPLES"] = "1"
        # The rules' tables and not the machines: a table meets a mutant in milliseconds.
        words = [
            "-p",
            "no:terminal",
            "-p",
            "no:cacheprovider",
            "-c",
            f"{name}/pytest.ini",
            f"--rootdir={name}",
        ]
        words += [f"--ignore={name}/domain/test_{one}.py" for one in ("machines", "ledger")]
        # The same examples for every mutant: chance must not notice one.
        settings.register_profile("mutation", derandomize=True, database=None, max_examples=30)
        settings.load_profile("mutation")
        pytest.main([*words, f"{name}/domain"], plugins=[run])
    if not run.sound:
        sys.stdout.write("the tests fail without any change, or were not found\n")
        return 1
    return _report(names, run.mutants, run.alive, time.monotonic() - began)


class _Run:
    """Takes the place of pytest's loop over the tests."""

    def __init__(self, mutants: list[Mutant]) -> None:
        self.mutants = mutants
        self.alive: list[Mutant] = []
        self.sound = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Meet each mutant with the tests collected, as many at once as there are processors."""
        if not session.items or not self._lives_alone(session):
            return True
        self.sound = True
        waiting = list(reversed(self.mutants))
        running: dict[int, tuple[Mutant, float]] = {}
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                mutant = waiting.pop()
                running[_fork(mutant, session)] = (mutant, time.monotonic() + SECONDS)
            self._collect(running)
        return True

    def _lives_alone(self, session: pytest.Session) -> bool:
        _, status = os.waitpid(_fork(None, session), 0)
        return os.waitstatus_to_exitcode(status) == _LIVES

    def _collect(self, running: dict[int, tuple[Mutant, float]]) -> None:
        time.sleep(0.002)
        for child, (mutant, until) in list(running.items()):
            if time.monotonic() > until:
                os.kill(child, signal.SIGKILL)
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                del running[child]
                if os.waitstatus_to_exitcode(status) == _LIVES:
                    self.alive.append(mutant)


def _fork(mutant: Mutant | None, session: pytest.Session) -> int:
    """A process that runs the tests, on the mutant if there is one. Returns its id."""
    child = os.fork()
    if child:
        return child
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    code = _KILLED
    try:
        if mutant is not None:
            _apply(mutant)
        code = _LIVES if _all_pass(session) else _KILLED
    finally:
        os._exit(code)


def _all_pass(session: pytest.Session) -> bool:
    for item in session.items:
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        if session.testsfailed:
            return False
    return True


def _apply(mutant: Mutant) -> None:
    """Have the module behave as the mutated text. Raises what the text raises."""
    module = importlib.import_module(f"dosing.domain.{mutant['module']}")
    changed = ModuleType(module.__name__)
    exec(compile(mutant["source"], module.__name__, "exec"), vars(changed))  # noqa: S102
    _replace(module, changed)


def _replace(old: Any, new: Any) -> None:
    """Old functions with new code, so that whoever holds them already holds the new ones."""
    for name, after in list(vars(new).items()):
        before = vars(old).get(name)
        if isinstance(before, FunctionType) and isinstance(after, FunctionType):
            before.__code__ = after.__code__
            before.__defaults__, before.__kwdefaults__ = after.__defaults__, after.__kwdefaults__
        elif isinstance(before, property) and isinstance(after, property):
            _replace_function(before.fget, after.fget)
        elif isinstance(before, type) and isinstance(after, type):
            if after.__module__ == new.__name__:
                _replace(before, after)
        elif _differs(name, before, after):
            setattr(old, name, after)
    if isinstance(old, type) and "__init__" in vars(old) and "__init__" not in vars(new):
        raise TypeError("it cannot be made any more")


def _differs(name: str, before: Any, after: Any) -> bool:
    """Whether a constant has changed. Slots and members of enumerations are none."""
    if name.startswith("__") or isinstance(after, (Enum, MemberDescriptorType, ModuleType, type)):
        return False
    return type(before) is not type(after) or before != after


def _replace_function(before: Any, after: Any) -> None:
    before.__code__ = after.__code__


def _report(names: list[str], mutants: list[Mutant], alive: list[Mutant], seconds: float) -> int:
    rules = _rules(*names)
    used, lines, unexplained = set(), [], 0
    for one in alive:
        rule = next((i for i, rule in enumerate(rules) if _explains(rule, one)), None)
        if rule is not None:
            used.add(rule)
            continue
        unexplained += 1
        lines.append(f"UNEXPLAINED {one['module']}:{one['line']} {one['operator']}")
        lines.append(f"    - {one['was']}\n    + {one['becomes']}")
    stale = [rule for i, rule in enumerate(rules) if i not in used]
    lines += [f"STALE {rule['module']}: {rule['was']} -> {rule['becomes']}" for rule in stale]
    for name in names:
        of, left = ([m for m in some if m["module"] == name] for some in (mutants, alive))
        lines.append(f"{name}: {len(of) - len(left)} of {len(of)} noticed, {len(left)} alike")
    lines.append(
        f"{len(mutants)} mutants, {len(alive)} live, {unexplained} unexplained, {seconds:.0f} s"
    )
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if stale or unexplained else 0


def _rules(*modules: str) -> list[dict[str, Any]]:
    """What is explained of these modules."""
    known = tomllib.loads((ROOT / "tools/mutation.toml").read_text())["alike"]
    return [one for one in known if one["module"] in modules]


def _explains(rule: dict[str, Any], one: Mutant) -> bool:
    """Whether a line of the file is about this mutant: the whole changed line, or a pattern."""
    if rule["module"] not in (one["module"], "any"):
        return False
    if "pattern" in rule:
        return re.fullmatch(rule["pattern"], f"{one['was']} -> {one['becomes']}") is not None
    return (rule["was"], rule["becomes"]) == (one["was"], one["becomes"])


if __name__ == "__main__":
    sys.exit(main())
