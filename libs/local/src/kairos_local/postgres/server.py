"""One PostgreSQL server in one folder, on one port of the loopback interface."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from kairos_local.errors import CannotStart
from kairos_local.ports import LOOPBACK, free_port
from kairos_local.postgres.binaries import program, server_user
from kairos_local.postgres.settings import server_settings
from kairos_local.processes import Child, ProcessIdentity, start, tail

ADMIN_ROLE = "kairos_admin"
_START_TIMEOUT_S = 30.0
_INITDB_TIMEOUT_S = 60.0
_STOP_PATIENCE_S = 15.0
_STATUS_LINE = 7  # of postmaster.pid, counted from 0; source: miscadmin.h, LOCK_FILE_LINE_PM_STATUS


class LocalPostgres:
    """A server whose data live in `data_dir`, made at the first start and kept over restarts.

    It listens on 127.0.0.1 only and asks every role for its password (SCRAM). `port` None picks a
    free one and keeps it as long as this object lives. `durable=False` gives up safety against a
    crash of the machine for speed: for tests only.
    """

    name = "postgres"

    def __init__(
        self,
        data_dir: Path,
        *,
        admin_password: str,
        port: int | None = None,
        log: Path | None = None,
        durable: bool = True,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.log = log or self.data_dir.with_name(self.data_dir.name + ".log")
        self.port = port or free_port()
        self._admin_password = admin_password
        self._durable = durable
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        """The pid of the server's first process, None when it is not running."""
        return self._child.pid if self._child and self._child.alive() else None

    @property
    def address(self) -> str:
        """host:port."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def admin_url(self) -> str:
        """How the superuser connects."""
        return self.url("postgres", ADMIN_ROLE, self._admin_password)

    def url(self, database: str, role: str, password: str) -> str:
        """A connection URL: postgresql://role:password@127.0.0.1:port/database."""
        return f"postgresql://{role}:{quote(password, safe='')}@{LOOPBACK}:{self.port}/{database}"

    def start(self) -> None:
        """Start and wait until it takes connections. Raises CannotStart."""
        start(self, log=self.log, timeout_s=_START_TIMEOUT_S)

    def spawn(self) -> None:
        """Start without waiting; the first time of all, make the data folder before."""
        self.stop()
        if not (self.data_dir / "PG_VERSION").exists():
            self._create()
        self._end_predecessor()
        settings = server_settings(self.port, durable=self._durable)
        words = [f"--{name}={value}" for name, value in settings.items()]
        self._child = Child(
            [str(program("postgres")), "-D", str(self.data_dir), *words],
            log=self.log,
            run_as=server_user(),
            death_signal=signal.SIGINT,  # a fast, clean shutdown
        )

    def ready(self) -> bool:
        """Whether this server, not an earlier one, takes connections."""
        written = self._pid_file()
        return (
            len(written) > _STATUS_LINE
            and written[0] == str(self.pid)
            and written[_STATUS_LINE].strip() == "ready"
        )

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    def stop(self) -> None:
        """A fast shutdown: open transactions are rolled back, all data are on disk."""
        if self._child is not None:
            self._child.stop(signal.SIGINT, patience_s=_STOP_PATIENCE_S)

    def _create(self) -> None:
        """Run initdb in a new folder, then give the folder its name: it is whole or not there."""
        draft = self.data_dir.with_name(f"{self.data_dir.name}.{secrets.token_hex(4)}.new")
        draft.mkdir(mode=0o700, parents=True)
        user = server_user()
        if user is not None:
            os.chown(draft, user.uid, user.gid)
        with tempfile.NamedTemporaryFile("w", prefix="kairos-") as password:
            password.write(self._admin_password + "\n")
            password.flush()
            if user is not None:
                os.fchown(password.fileno(), user.uid, user.gid)
            words = ["-D", str(draft), f"--username={ADMIN_ROLE}", f"--pwfile={password.name}"]
            self._run([str(program("initdb")), *words, *_INITDB_OPTIONS])
        self._fence(draft)
        draft.rename(self.data_dir)

    def _fence(self, data_dir: Path) -> None:
        """Take CONNECT on the databases every server has from everybody but the superuser."""
        words = ["--single", "-D", str(data_dir), "-c", "restart_after_crash=off", "postgres"]
        with tempfile.TemporaryFile() as commands:
            commands.write(b"REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;\n")
            commands.seek(0)
            self._run([str(program("postgres")), *words], stdin=commands.fileno())

    def _run(self, argv: list[str], *, stdin: int | None = None) -> None:
        child = Child(argv, log=self.log, run_as=server_user(), stdin=stdin)
        deadline = time.monotonic() + _INITDB_TIMEOUT_S
        while child.alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        if child.exit_code() != 0:
            child.stop(signal.SIGKILL, patience_s=5)
            raise CannotStart(
                "PostgreSQL could not make its data folder.",
                f"The end of its log, {self.log}:\n{tail(self.log)}",
            )

    def _end_predecessor(self) -> None:
        """End a server that still runs on this folder, and clear the trace of one that does not.

        PostgreSQL takes any live process with the pid in its lock file for its predecessor and
        refuses to start, even if the pid has passed to a stranger.
        """
        written = self._pid_file()
        if not written or not written[0].strip().isdigit():
            return
        identity = ProcessIdentity.of(int(written[0]))
        process = identity.find() if identity else None
        if identity and process and str(self.data_dir) in process.cmdline():
            identity.end(first=signal.SIGINT, patience_s=_STOP_PATIENCE_S)
        (self.data_dir / "postmaster.pid").unlink(missing_ok=True)

    def _pid_file(self) -> list[str]:
        try:
            return (self.data_dir / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []


_INITDB_OPTIONS = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    # The same order of text on every machine, whatever its C library.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-instructions",
)


@contextmanager
def ephemeral_postgres(*, durable: bool = False) -> Iterator[LocalPostgres]:
    """A fresh server in a temporary folder, gone afterwards. For tests and benchmarks."""
    folder = Path(tempfile.mkdtemp(prefix="kairos-postgres-"))
    server = LocalPostgres(
        folder / "data", admin_password=secrets.token_urlsafe(16), durable=durable
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
