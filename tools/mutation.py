"""`python -m tools.mutation [MODULE ...]`: change dosing's rules one operator at a time.

A test has to notice each change. Works on a copy: nothing in the tree is touched. Exits 1 where a
mutant lives that docs/mutation.md does not explain. Needs cosmic-ray, which brings much that
nothing else here uses and is therefore in no lock: `.venv/bin/pip install cosmic-ray==8.7.0`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOSING = ROOT / "services/dosing"
MODULES = (
    "gate",
    "further",
    "lot",
    "break_glass",
    "overrides",
    "discharge",
    "order_stops",
    "exposure",
    "interval",
)
_CONFIG = """
[cosmic-ray]
module-path = [{modules}]
timeout = 60.0
excluded-modules = []
test-command = "{python} -m pytest -q -x -p no:cacheprovider --no-header domain"
[cosmic-ray.distributor]
name = "local"
"""


def main() -> int:
    """Run it. Returns the exit code."""
    modules = sys.argv[1:] or list(MODULES)
    with tempfile.TemporaryDirectory(prefix="kairos-mutation-") as folder:
        place = Path(folder)
        shutil.copytree(DOSING / "src/dosing", place / "dosing")
        # The rules' own tests, without the machines: a mutant is met by a table in a second.
        shutil.copytree(DOSING / "tests/domain", place / "domain")
        (place / "domain/__init__.py").touch()
        named = ", ".join(f'"dosing/domain/{name}.py"' for name in modules)
        (place / "mutation.toml").write_text(_CONFIG.format(modules=named, python=sys.executable))
        environment = {
            **os.environ,
            "PYTHONPATH": str(place),
            "KAIROS_MACHINE_EXAMPLES": "1",
            "HYPOTHESIS_PROFILE": "default",
        }

        def cosmic(*words: str) -> str:
            command = [sys.executable, "-m", "cosmic_ray.cli", *words]
            done = subprocess.run(
                command, cwd=place, env=environment, capture_output=True, text=True, check=True
            )
            return done.stdout

        cosmic("init", "mutation.toml", "session.sqlite")
        cosmic("exec", "mutation.toml", "session.sqlite")
        return _report(cosmic("dump", "session.sqlite"))


def _report(dump: str) -> int:
    explained = (ROOT / "docs/mutation.md").read_text()
    killed, lived, unexplained = 0, [], 0
    for line in filter(None, dump.splitlines()):
        item, result = json.loads(line)
        (mutation,) = item["mutations"]
        place = f"{Path(mutation['module_path']).stem}:{mutation['start_pos'][0]}"
        name = f"{place} {mutation['operator_name'].rpartition('/')[2]} {mutation['occurrence']}"
        if result is not None and result["test_outcome"] == "survived":
            known = f"`{name}`" in explained
            unexplained += not known
            lived.append(f"{'explained  ' if known else 'UNEXPLAINED'}  {name}\n{result['diff']}")
        else:
            killed += 1
    sys.stdout.write("\n".join([*lived, f"{killed} killed, {len(lived)} live"]) + "\n")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
