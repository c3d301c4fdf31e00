"""The release before this one, as a checkout of its own."""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMES = Path(__file__).with_name("previous_release.toml")
_SOURCES = ("libs", "services", "cli")


class NoPreviousRelease(Exception):
    """The release before cannot be had here; says what to do."""


@dataclass(frozen=True)
class Checkout:
    """The sources of one release."""

    name: str
    folder: Path

    def environment(self) -> dict[str, str]:
        """What lets Python find this checkout's packages before the installed ones."""
        found = sorted(path for part in _SOURCES for path in (self.folder / part).rglob("src"))
        sources = [path for path in found if "node_modules" not in path.parts]
        return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sources))}

    def run(self, program: Path, *words: str, given: str = "") -> str:
        """Run a program on this checkout's packages; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-P", str(program), *words],
            input=given,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{self.name}: {done.stderr}"
        return done.stdout


def previous_ref(root: Path = ROOT, names: Path = NAMES) -> str:
    """The tag of the release before or, in a clone without it, the commit. Raises
    NoPreviousRelease."""
    told = tomllib.loads(names.read_text("utf-8"))
    for ref in (told["tag"], told["commit"]):
        if _git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").returncode == 0:
            return str(ref)
    if _git(root, "rev-parse", "--is-shallow-repository").stdout == b"true\n":
        raise NoPreviousRelease("this clone is shallow: fetch the whole history first")
    raise NoPreviousRelease(f"neither {told['tag']} nor {told['commit']} is in this repository")


def check_out(ref: str, folder: Path) -> Checkout:
    """Lay the sources of a release into an empty folder."""
    archive = folder / "sources.tar"
    done = _git(ROOT, "archive", "--output", str(archive), ref, *_SOURCES)
    assert done.returncode == 0, done.stderr
    with tarfile.open(archive) as sources:
        sources.extractall(folder, filter="data")
    archive.unlink()
    return Checkout(ref, folder)


def _git(root: Path, *words: str) -> "subprocess.CompletedProcess[bytes]":
    git = shutil.which("git")
    if git is None:
        raise NoPreviousRelease("git is not here")
    return subprocess.run([git, "-C", str(root), *words], capture_output=True, check=False)
