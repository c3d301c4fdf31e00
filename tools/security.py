"""`python -m tools.security [PIECE…]`: everything `make security` promises, piece by piece.

Each piece can be run alone and keeps its log and its ending in `build/security`. Without names all
are run, one after another, and a failure does not hide what comes after it. `--resume` leaves out
what has ended well on this very tree. The end is a summary of every piece: outcome, seconds, and
the last line it said. Exit code 1 where one did not end well. `--list` names them.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Final

from tools.security_pieces import ROOT, Piece, pieces

KEPT: Final = ROOT / "build/security"
_LONGEST_LINE: Final = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a piece ended, and on which tree."""

    piece: str
    well: bool
    seconds: float
    said: str
    tree: str


def tree_of(root: Path = ROOT) -> str:
    """What stands for every committed file and every change to one."""
    described = hashlib.sha256()
    for command in (["rev-parse", "HEAD"], ["diff", "HEAD"], ["status", "--porcelain"]):
        done = subprocess.run(["git", *command], cwd=root, capture_output=True, check=True)  # noqa: S607 - whichever git there is
        described.update(done.stdout)
    return described.hexdigest()[:16]


def run(piece: Piece, tree: str, kept: Path = KEPT) -> Ending:
    """Run a piece, its words in a file. A command that fails or lasts too long ends it badly."""
    kept.mkdir(parents=True, exist_ok=True)
    began, log = time.monotonic(), kept / f"{piece.name}.log"
    with log.open("w+b") as told:
        well = all(_well(piece, command, told, began) for command in piece.commands)
    ending = Ending(
        piece=piece.name,
        well=well,
        seconds=round(time.monotonic() - began, 1),
        said=_last_line(log.read_text(encoding="utf-8", errors="replace")),
        tree=tree,
    )
    (kept / f"{piece.name}.json").write_text(json.dumps(asdict(ending), indent=1) + "\n")
    return ending


def _well(piece: Piece, command: Sequence[str], told: IO[bytes], began: float) -> bool:
    left = piece.minutes * 60 - (time.monotonic() - began)
    try:
        done = subprocess.run(
            command,
            cwd=piece.folder,
            env={**os.environ, **piece.environment},
            stdout=told,
            stderr=subprocess.STDOUT,
            timeout=max(left, 1),
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as failure:
        told.write(f"\n{type(failure).__name__}: {command[0]}\n".encode())
        return False
    return done.returncode == 0


def _last_line(text: str) -> str:
    lines = [line.strip(" =") for line in text.splitlines() if line.strip(" =─┌┐└┘│")]
    return lines[-1][:_LONGEST_LINE] if lines else "nothing to say"


def known(name: str, kept: Path = KEPT) -> Ending | None:
    """How a piece last ended; None where it never did."""
    path = kept / f"{name}.json"
    return Ending(**json.loads(path.read_text())) if path.is_file() else None


def summary(endings: Sequence[Ending], tree: str) -> str:
    """Every piece on a line, and the sum."""
    width = max(len(one.piece) for one in endings)
    lines = [
        f"{'well' if one.well else 'NOT WELL':<8}  {one.piece:<{width}}  {one.seconds:>7.1f} s  "
        f"{'' if one.tree == tree else '(of an earlier tree) '}{one.said}"
        for one in endings
    ]
    bad = [one.piece for one in endings if not one.well]
    spent = sum(one.seconds for one in endings)
    said = f"not well: {', '.join(bad)}" if bad else "all well"
    return "\n".join([*lines, f"{len(endings)} pieces, {spent:.0f} s: {said}"]) + "\n"


def main() -> None:
    """Run what is asked for and sum it up."""
    every = {one.name: one for one in pieces()}
    parser = argparse.ArgumentParser(prog="python -m tools.security", description=__doc__)
    parser.add_argument("piece", nargs="*", choices=[[], *every], help="which ones; all if none")
    parser.add_argument("--resume", action="store_true", help="leave out what is well already")
    parser.add_argument("--list", action="store_true", help="name the pieces and end")
    asked = parser.parse_args()
    if asked.list:
        for one in every.values():
            sys.stdout.write(f"{one.name:<18} {one.proves}\n")
        return
    tree, endings = tree_of(), []
    for number, name in enumerate(chosen := asked.piece or list(every), 1):
        before = known(name)
        if asked.resume and before is not None and before.well and before.tree == tree:
            endings.append(before)
            continue
        sys.stdout.write(f"[{number}/{len(chosen)}] {name}: {every[name].proves} … ")
        sys.stdout.flush()
        endings.append(run(every[name], tree))
        outcome = "well" if endings[-1].well else f"NOT WELL, see {KEPT / name}.log"
        sys.stdout.write(f"{outcome} ({endings[-1].seconds:.0f} s)\n")
    sys.stdout.write("\n" + summary(endings, tree))
    if not all(one.well for one in endings):
        sys.exit(1)


if __name__ == "__main__":
    main()
