"""Apache Kafka's jars: fetched once with Maven, checked against pinned hashes, then kept."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from kairos_local.broker.java import maven
from kairos_local.cache import cache_dir
from kairos_local.errors import CannotStart

FILES = Path(__file__).parent / "kafka_files"
_FETCH_TIMEOUT_S = 900


def jars_folder() -> Path:
    """Where the jars of the pinned version are, or will be: a new list of hashes, a new folder."""
    pinned = (FILES / "jars.sha256").read_bytes()
    return cache_dir() / f"kafka-{hashlib.sha256(pinned).hexdigest()[:12]}"


def resolve_jars() -> Path:
    """The folder with Kafka's jars; the first time, fetch them, which can take some minutes.

    Raises CannotStart when Maven is missing or cannot fetch, or a jar is not the pinned one.
    """
    folder = jars_folder()
    if folder.is_dir():
        return folder
    program = maven()
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="kafka-", dir=folder.parent))
    try:
        _fetch(program, draft)
        _check(draft)
        try:
            draft.rename(folder)  # whole or not there, also when two do this at once
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _fetch(program: Path, folder: Path) -> None:
    words = ["--quiet", "--batch-mode", "--file", str(FILES / "pom.xml")]
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    try:
        done = subprocess.run(  # noqa: S603 - Maven, as the machine has it
            [str(program), *words, *goal],
            capture_output=True,
            text=True,
            timeout=_FETCH_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _unfetched(f"no answer in {_FETCH_TIMEOUT_S} s") from None
    if done.returncode != 0:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise _unfetched("\n".join(said[:4]))


def _unfetched(why: str) -> CannotStart:
    return CannotStart(
        f"Maven could not fetch Apache Kafka's jars:\n{why}",
        "Check that Maven reaches its repository (a proxy or mirror goes in ~/.m2/settings.xml), "
        "or use --broker tansu.",
    )


def _check(folder: Path) -> None:
    """Compare every jar with the pinned list. Raises CannotStart for one more, less or other."""
    expected = set((FILES / "jars.sha256").read_text().splitlines())
    found = {
        f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}" for jar in folder.iterdir()
    }
    if wrong := sorted(line.split()[1] for line in expected ^ found):
        raise CannotStart(
            f"These jars are not the pinned ones: {', '.join(dict.fromkeys(wrong))}.",
            "Find out what changed them (a mirror, a proxy); do not run them. "
            "`--broker tansu` works meanwhile.",
        )


def class_path(folder: Path) -> str:
    """Java's class path for a folder of jars."""
    return f"{folder}{os.sep}*"
