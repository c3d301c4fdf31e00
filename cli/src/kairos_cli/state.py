"""The state directory: everything one platform keeps, in one folder nobody else may enter."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kairos_local.errors import CannotStart
from kairos_local.postgres import SIDE_ROLES

from kairos_cli.files import write_whole
from kairos_cli.services import SERVICES

_PASSWORD_BYTES = 24


def default_state() -> Path:
    """$KAIROS_STATE, else `.kairos` in the project we are in, else in the current folder."""
    if chosen := os.environ.get("KAIROS_STATE"):
        return Path(chosen).absolute()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / ".kairos").is_dir() or (folder / ".git").exists():
            return folder / ".kairos"
    return here / ".kairos"


@dataclass(frozen=True, slots=True)
class State:
    """Where things are in a state directory. Making this object touches nothing."""

    folder: Path

    @property
    def postgres_data(self) -> Path:
        return self.folder / "pgdata"

    @property
    def broker_data(self) -> Path:
        return self.folder / "broker"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def anchors(self) -> Path:
        """Where the heads of the audit trails are kept, out of the databases' reach."""
        return self.folder / "anchors"

    @property
    def clock_file(self) -> Path:
        return self.folder / "clock.json"

    @property
    def record_file(self) -> Path:
        return self.folder / "platform.json"

    @property
    def options_file(self) -> Path:
        return self.folder / "options.json"

    @property
    def secrets_file(self) -> Path:
        return self.folder / "secrets.json"

    def log(self, name: str) -> Path:
        """The log of one process."""
        return self.logs / f"{name}.log"

    def create(self) -> None:
        """Make the folders. Raises CannotStart where they cannot be written."""
        try:
            for folder in (self.folder, self.logs, self.keys, self.anchors):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.chmod(0o700)
            (self.folder / ".gitignore").write_text("*\n")
        except OSError as error:
            raise CannotStart(
                f"The state directory {self.folder} cannot be written: {error.strerror}.",
                "Choose another with --state DIR or the variable KAIROS_STATE.",
            ) from error

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Hold the right to run this platform; yields False if somebody else holds it.

        The system takes it back from a process that ends, however it ends.
        """
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(descriptor)

    def secrets(self) -> Secrets:
        """The generated passwords; made at the first call, the same ever after."""
        there = self.secrets_file.exists()
        known = json.loads(self.secrets_file.read_text()) if there else {}
        names = ["postgres", "cursor", *SERVICES, *(f"{name}_owner" for name in SERVICES)]
        names += [role for roles in SIDE_ROLES.values() for role in roles]
        # A state directory of an earlier version lacks what has come since.
        made = {name: secrets.token_urlsafe(_PASSWORD_BYTES) for name in names if name not in known}
        if made:
            write_whole(self.secrets_file, json.dumps(known | made, indent=1))
        return Secrets(known | made)


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """Generated passwords by what they are for. Never printed."""

    _values: dict[str, str]

    @property
    def postgres_admin(self) -> str:
        return self._values["postgres"]

    @property
    def cursor_key(self) -> str:
        """What the services sign cursors with; 32 characters."""
        return self._values["cursor"]

    def runtime_password(self, service: str) -> str:
        return self._values[service]

    def owner_password(self, service: str) -> str:
        return self._values[f"{service}_owner"]

    def side_passwords(self, service: str) -> dict[str, str]:
        """The passwords of the roles beside a service's own."""
        return {role: self._values[role] for role in SIDE_ROLES.get(service, ())}
