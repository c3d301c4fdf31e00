"""`python -m tools.fuzz SCHEMATHESIS [SERVICE…]`: whatever may be asked, with authentication.

Starts the platform as `kairos up` does, in a folder of its own, and lets Schemathesis ask as a
clinician who holds every role of staff. Exit code 1 for a server error, a status, a media type or
an answer that the documents do not tell of, or for fewer cases than promised. All services unless
some are named; KAIROS_FUZZ_EXAMPLES says how many cases an operation gets.
"""

import os
import re
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Final

from kairos_cli.options import PORT_NAMES, Options
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES
from kairos_cli.state import State

CASES: Final = 2_000  # of all services together, at least; of one its part
CHECKS: Final = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
_STAFF: Final = (
    *("prescriber", "nurse", "therapist", "front_desk", "medical_director"),
    *("pharmacist", "ops_admin", "privacy_officer"),
)
_GENERATED: Final = re.compile(r"(?P<n>[\d,]+) generated")


def main() -> None:
    """Fuzz each service in turn."""
    program = str(Path(sys.argv[1]).absolute())  # it is run in a folder of its own
    examples = os.environ.get("KAIROS_FUZZ_EXAMPLES", "25")
    names = [name for name in SERVICES if name in sys.argv[2:]] or list(SERVICES)
    os.environ["KAIROS_RATE_LIMIT_PER_MINUTE"] = "0"  # it is about answers, not how many
    with tempfile.TemporaryDirectory(prefix="kairos-fuzz-") as folder:
        platform = Platform(State(Path(folder) / "state"))
        platform.start(Options(broker="tansu", ports=dict.fromkeys(PORT_NAMES, 0), tied=True))
        try:
            found = [_one(platform, name, program, examples, Path(folder)) for name in names]
        finally:
            platform.stop()
    cases, codes = sum(one[0] for one in found), [one[1] for one in found]
    sys.stdout.write(f"{cases} cases of {', '.join(names)}, exit codes {codes}\n")
    if any(codes) or cases < CASES * len(names) / len(SERVICES):
        sys.exit(1)


def _one(
    platform: Platform, service: str, program: str, examples: str, folder: Path
) -> tuple[int, int]:
    """Fuzz one service. Returns how many cases there were, and the exit code."""
    token = platform.mint(*_STAFF, network=uuid.uuid4())
    done = subprocess.run(
        [
            program,
            "run",
            f"{platform.urls[service]}/openapi.json",
            f"--url={platform.urls[service]}",
            f"--header=Authorization:Bearer {token}",
            f"--checks={CHECKS}",
            f"--max-examples={examples}",
            "--phases=examples,coverage,fuzzing",
            "--continue-on-failure",
            "--seed=20270301",
            "--no-color",
            "--suppress-health-check=all",
            "--warnings=off",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    sys.stdout.write(f"== {service}\n{done.stdout[-6000:]}\n{done.stderr[-1500:]}\n")
    generated = _GENERATED.search(done.stdout)
    return int(generated["n"].replace(",", "")) if generated else 0, done.returncode


if __name__ == "__main__":
    main()
