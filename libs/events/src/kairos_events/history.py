"""What git knows of the contract files: once committed, they are neither changed nor removed."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kairos_events.problem import Problem

# A git hook sets these for its own repository; the question here is about the one at `paths`.
_OF_A_HOOK = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"})


@dataclass(frozen=True, slots=True)
class History:
    """The verdict. `notice` says why there was nothing to look at, where that is so."""

    problems: list[Problem]
    notice: str | None = None


def immutability(paths: list[Path]) -> History:
    """Look for a commit, or an uncommitted change, that touched an existing file under `paths`.

    A shallow clone is refused, since what it lacks could hold the change. Without git, or before
    the first commit, there is no history to look at, and `notice` says so.
    """
    git = shutil.which("git")
    here = paths[0].resolve()
    if git is None or _run(git, here, "rev-parse", "--is-inside-work-tree") != "true":
        return History([], "no git history here: immutability was not checked")
    if _run(git, here, "rev-parse", "--verify", "--quiet", "HEAD") is None:
        return History([], "no commits yet: immutability was not checked")
    if _run(git, here, "rev-parse", "--is-shallow-repository") != "false":
        return History([Problem("git", "$", "shallow_clone: fetch the whole history first")])
    where = ["--", *(str(path.resolve()) for path in paths)]
    committed = _run(
        git, here, "log", "--first-parent", "-m", "--no-renames", "--diff-filter=MDT",
        "--format=", "--name-only", *where,
    )  # fmt: skip
    pending = _run(
        git, here, "diff", "HEAD", "--no-renames", "--diff-filter=MDT", "--name-only", *where
    )
    if committed is None or pending is None:
        return History([Problem("git", "$", "history_unreadable: git failed")])
    touched = sorted({*committed.split("\n"), *pending.split("\n")} - {""})
    return History([Problem("git", name, "changed_or_removed_after_commit") for name in touched])


def _run(git: str, directory: Path, *arguments: str) -> str | None:
    """Run git in a directory; return its output, or None when it fails."""
    surroundings = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
        [git, "-C", str(directory), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=surroundings,
    )
    return done.stdout.strip() if done.returncode == 0 else None
