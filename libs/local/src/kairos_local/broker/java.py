"""Java and Maven on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from kairos_local.errors import CannotStart

OLDEST_JAVA = 17  # source: Kafka 4.x release notes, brokers need Java 17
_ADVICE = (
    f"Install Java {OLDEST_JAVA} or newer (Debian: apt install openjdk-17-jre-headless maven), "
    "or use --broker tansu, a broker without durability that needs neither."
)


def java() -> Path:
    """The `java` to run Kafka with: of $JAVA_HOME, else of the path.

    Raises CannotStart, with what to install, when there is none or it is too old.
    """
    home = os.environ.get("JAVA_HOME")
    found = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if found is None or not os.access(found, os.X_OK):
        raise CannotStart("Apache Kafka needs Java, and there is none here.", _ADVICE)
    version = _major_version(found)
    if version is None or version < OLDEST_JAVA:
        raise CannotStart(
            f"Apache Kafka needs Java {OLDEST_JAVA}; {found} is {version or 'not known'}.", _ADVICE
        )
    return Path(found)


def maven() -> Path:
    """The `mvn` that fetches Kafka's jars. Raises CannotStart, with what to install."""
    found = shutil.which("mvn")
    if found is None:
        raise CannotStart(
            "Apache Kafka's jars are fetched with Maven, and there is no mvn here.",
            "Install Maven (Debian: apt install maven), or use --broker tansu.",
        )
    return Path(found)


def _major_version(program: str) -> int | None:
    """17 for `openjdk version "17.0.15"`, 8 for `java version "1.8.0_412"`."""
    try:
        answer = subprocess.run(  # noqa: S603 - a program of the machine's own path
            [program, "-version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r'version "(?:1\.)?(\d+)', answer.stderr + answer.stdout)
    return int(match.group(1)) if match else None
