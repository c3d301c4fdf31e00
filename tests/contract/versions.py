"""The committed versions of a file, newest first."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path


def committed_versions(path: Path) -> Iterator[str]:
    """The text of a file at HEAD and at each commit before that changed it.

    Yields nothing without git or before the first commit of the file. Raises RuntimeError for a
    shallow clone: what it lacks could be what a change breaks.
    """
    git = shutil.which("git")
    if git is None or _run(git, path, "rev-parse", "--verify", "--quiet", "HEAD") is None:
        return
    if _run(git, path, "rev-parse", "--is-shallow-repository") != "false\n":
        raise RuntimeError("this clone is shallow: fetch the whole history first")
    log = _run(git, path, "log", "--first-parent", "--format=%H", "--", path.name) or ""
    for commit in log.split():
        text = _run(git, path, "show", f"{commit}:./{path.name}")
        if text is not None:
            yield text


def _run(git: str, path: Path, *arguments: str) -> str | None:
    """Run git beside the file; return what it printed, or None where it failed."""
    done = subprocess.run(
        [git, "-C", str(path.parent), *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout if done.returncode == 0 else None
