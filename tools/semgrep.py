"""`python -m tools.semgrep SEMGREP`: our own rules over all that is shipped; each shown to bite.

Offline: rules of ours only, no metrics, no question about versions. Exit code 1 for a finding, or
for a rule that does not find what breaks it, or finds what does not.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
RULES: Final = ROOT / "tools/semgrep.yaml"
TWINS: Final = ROOT / "tests/security/semgrep_twins.py"
SHIPPED: Final = (
    *("libs/events/src", "libs/chassis/src", "libs/local/src", "libs/partner-kit/src"),
    *("services/intake/src", "services/scheduling/src", "services/dosing/src"),
    *("services/integration/src", "cli/src"),
)
_BREAKS: Final = re.compile(r"# breaks: (?P<rule>[a-z-]+)$")


def findings(program: str, *places: str) -> set[tuple[str, int, str]]:
    """What the rules find, as file, line and rule. Raises CalledProcessError, ValueError."""
    done = subprocess.run(
        [
            *(program, "scan", "--config", str(RULES), "--metrics", "off"),
            *("--disable-version-check", "--json", "--quiet", "--no-git-ignore", "--jobs", "1"),
            *places,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    if told["errors"]:
        raise ValueError(str(told["errors"])[:2000])
    return {
        (one["path"], one["start"]["line"], one["check_id"].rpartition(".")[2])
        for one in told["results"]
    }


def expected() -> set[tuple[str, int, str]]:
    """What the twins break."""
    name = str(TWINS.relative_to(ROOT))
    return {
        (name, number, match["rule"])
        for number, line in enumerate(TWINS.read_text(encoding="utf-8").splitlines(), 1)
        if (match := _BREAKS.search(line))
    }


def main() -> None:
    """Show that each rule bites, then look at what is shipped."""
    program = sys.argv[1]
    bitten = findings(program, str(TWINS.relative_to(ROOT)))
    by_rule = {(path, rule) for path, _, rule in bitten}
    wrong = sorted({(p, r) for p, _, r in expected()} ^ by_rule)
    if wrong:
        sys.exit(f"these rules do not find just what breaks them: {wrong}")
    found = sorted(findings(program, *SHIPPED))
    if found:
        sys.exit("\n".join(f"{path}:{line}: {rule}" for path, line, rule in found))
    sys.stdout.write(f"{len(by_rule)} rules, each shown to bite; nothing found\n")


if __name__ == "__main__":
    main()
