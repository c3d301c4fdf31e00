"""Write .env for docker compose: every password and key new, readable by you alone.

Usage: python3 deploy/compose/prepare.py [PATH]. Needs nothing but Python. Refuses to overwrite: the
databases know the passwords of the file that is there.
"""

import os
import secrets
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / ".env.example"
DEFAULT_TARGET = Path(__file__).parents[2] / ".env"
RANDOM_BYTES = 24


def fill(example: str) -> str:
    """The example with a fresh value wherever it says `generate`."""
    lines = []
    for line in example.splitlines():
        name, equals, value = line.partition("=")
        if value == "generate":
            # Hexadecimal: fits a database address as it is.
            value = secrets.token_hex(RANDOM_BYTES)
        lines.append(name + equals + value)
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file; 1 if there is one."""
    target = Path(arguments[0]) if arguments else DEFAULT_TARGET
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        print(f"{target} exists and stays as it is.", file=sys.stderr)  # noqa: T201
        return 1
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(fill(EXAMPLE.read_text("utf-8")))
    print(f"wrote {target}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
