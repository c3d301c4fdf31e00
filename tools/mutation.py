"""`python -m tools.mutation [MODULE ...]`: change dosing's rules one operator at a time.

A test has to notice each change. The mutants come from cosmic-ray (`tools/mutants.py`, in the
environment of `make security`). The rules' own tests are collected once; each mutant is met in a
process forked for it, in which the changed functions take the place of the written ones: nothing
in the tree is touched, no database is needed, and thousands take minutes. Exits 1 where a mutant
lives that `tools/mutation.toml` does not explain, or where that file explains one that does not
live any more. Before that each module is put in place of itself unchanged: where a test notices
that, the tool breaks what it should only change, and its figures would be void.
"""

import importlib
import json
import os
import re
import resource
import shutil
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
# Of the processor, not of the clock, which other work on the machine would use up: a mutant that
# takes longer runs for ever and is as good as noticed.
SECONDS = 60
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
    unchanged = [{"module": Path(one).stem, "source": Path(one).read_text()} for one in files]
    mutants = [one for one in everything if not any(_explains(r, one) for r in _rules("any"))]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kairos-mutation-") as name:
        # A package of its own, away from the fixtures that bring up databases.
        folder = Path(name)
        (folder / "notes").mkdir()
        run = _Run(mutants, unchanged, folder / "notes")
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
        # And without a deadline, or a slow machine would.
        settings.register_profile(
            "mutation", derandomize=True, database=None, max_examples=30, deadline=None
        )
        settings.load_profile("mutation")
        pytest.main([*words, f"{name}/domain"], plugins=[run])
    if not run.sound:
        sys.stdout.write("the tests fail without any change, or were not found: " + run.why + "\n")
        return 1
    return _report(names, run.mutants, run.alive, time.monotonic() - began)


class _Run:
    """Takes the place of pytest's loop over the tests."""

    def __init__(self, mutants: list[Mutant], unchanged: list[Mutant], notes: Path) -> None:
        self.mutants = mutants
        self.unchanged = unchanged
        self.alive: list[Mutant] = []
        self.why = "no test"
        self.sound = False
        self._notes = notes
        self._orders: dict[str, list[pytest.Item]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Meet each mutant with the tests collected, as many at once as there are processors."""
        self.sound = bool(session.items) and all(
            self._lives(one, session) for one in (None, *self.unchanged)
        )
        if not self.sound:
            return True
        waiting = list(reversed(self.mutants))
        running: dict[int, Mutant] = {}
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                mutant = waiting.pop()
                child = _fork(mutant, self._order(mutant, session), self._notes)
                running[child] = mutant
            self._collect(running)
        return True

    def _lives(self, unchanged: Mutant | None, session: pytest.Session) -> bool:
        self.why = "as it is" if unchanged is None else unchanged["module"]
        _, status = os.waitpid(_fork(unchanged, session.items, self._notes), 0)
        return os.waitstatus_to_exitcode(status) == _LIVES

    def _collect(self, running: dict[int, Mutant]) -> None:
        time.sleep(0.002)
        for child, mutant in list(running.items()):
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                del running[child]
                if os.waitstatus_to_exitcode(status) == _LIVES:
                    self.alive.append(mutant)
                else:
                    self._learn(mutant, child)

    def _order(self, mutant: Mutant, session: pytest.Session) -> list[pytest.Item]:
        """The tests, those first that noticed the module's last mutants."""
        return self._orders.setdefault(mutant["module"], list(session.items))

    def _learn(self, mutant: Mutant, child: int) -> None:
        note = self._notes / str(child)  # none where it ran too long, or could not be applied
        if note.exists():
            failed = note.read_text()
            self._orders[mutant["module"]].sort(key=lambda item: item.nodeid != failed)
            note.unlink()


def _fork(mutant: Mutant | None, items: list[pytest.Item], notes: Path) -> int:
    """A process that runs these tests, on the mutant if there is one. Returns its id.

    Which test noticed it is written into a file of `notes` that is called by this id.
    """
    child = os.fork()
    if child:
        return child
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    code = _KILLED
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        if mutant is not None:
            _apply(mutant)
        failed = _first_failing(items)
        if failed is None:
            code = _LIVES
        else:
            (notes / str(os.getpid())).write_text(failed.nodeid)
    finally:
        os._exit(code)


def _first_failing(items: list[pytest.Item]) -> pytest.Item | None:
    for item in items:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        if item.session.testsfailed:
            return item
    return None


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
