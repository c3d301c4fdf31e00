"""What a platform is made of, built from its options: PostgreSQL, a broker, the services."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
from kairos_local.broker import Broker, Choice, make_broker
from kairos_local.errors import CannotStart
from kairos_local.ports import LOOPBACK, free_port, is_free
from kairos_local.postgres import LocalPostgres

from kairos_cli.issuer import jwks_file
from kairos_cli.options import Options
from kairos_cli.service_tokens import CALLERS, token_file
from kairos_cli.services import AUDIENCE, ISSUER, SERVICES, ServiceProcess
from kairos_cli.state import State


@dataclass(frozen=True, slots=True)
class Ports:
    """The port of everything, free when this was made."""

    of: dict[str, int]

    @classmethod
    def take(cls, options: Options) -> Ports:
        """Find a port for each; raises CannotStart, naming the holder, for a wanted one in use."""
        of: dict[str, int] = {}
        for name in (*SERVICES, "postgres", "broker"):
            wanted = options.port(name)
            if wanted and (wanted in of.values() or not is_free(wanted)):
                raise _busy(name, wanted)
            of[name] = wanted or _another(of)
        return cls(of)


def _another(taken: dict[str, int]) -> int:
    while (port := free_port()) in taken.values():
        continue
    return port


def _busy(name: str, port: int) -> CannotStart:
    return CannotStart(
        f"Port {port}, for {name}, is taken{_holder(port)}.",
        f"End that, or choose another: kairos up --port {name}=NUMBER (0 takes any free one).",
    )


def _holder(port: int) -> str:
    """Who listens on a port, where the system tells us."""
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN
            if listens and connection.laddr and connection.laddr.port == port:
                process = psutil.Process(connection.pid)
                return f" by process {process.pid} ({process.name()})"
    except psutil.Error:
        pass
    return ""


def make_postgres(state: State, options: Options, ports: Ports) -> LocalPostgres | None:
    """The server of our own; None where the user gave one."""
    if options.postgres_url is not None:
        return None
    return LocalPostgres(
        state.postgres_data,
        admin_password=state.secrets().postgres_admin,
        port=ports.of["postgres"],
        log=state.log("postgres"),
    )


def make_the_broker(state: State, choice: Choice, ports: Ports) -> Broker:
    """The chosen broker, on its port."""
    return make_broker(
        choice.kind, data_dir=state.broker_data, log=state.log("broker"), port=ports.of["broker"]
    )


def admin_url(options: Options, postgres: LocalPostgres | None) -> str:
    """How to reach the database server as one who makes databases."""
    return postgres.admin_url if postgres is not None else options.postgres_url or ""


def make_services(
    state: State, options: Options, ports: Ports, broker: Broker, admin: str
) -> list[ServiceProcess]:
    """All services, each with the environment it is told everything by."""
    return [
        ServiceProcess(
            name,
            command=options.program(name),
            environment={
                **_common(state, broker),
                **_place(state, name, broker.bootstrap),
                **_databases(state, name, admin),
                "KAIROS_KEY_RING_FILE": str(ring_file(state, name)),
                "KAIROS_HTTP_PORT": str(ports.of[name]),
                **(_calls(state, name, ports) if name in CALLERS else {}),
                **(_private_words(state, admin) if name == "integration" else {}),
            },
            port=ports.of[name],
            log=state.log(name),
        )
        for name in SERVICES
    ]


def operator_environment(
    state: State, name: str, *, bootstrap: str, admin: str, as_owner: bool = False
) -> dict[str, str]:
    """What a verb of a service's that neither serves nor migrates is told."""
    databases = _databases(state, name, admin)
    if not as_owner:
        del databases["KAIROS_MIGRATION_DATABASE_URL"]
    return _place(state, name, bootstrap) | databases


def _place(state: State, name: str, bootstrap: str) -> dict[str, str]:
    """Where and when, for whatever a service's process is asked to do."""
    return {
        "KAIROS_PROFILE": "embedded",
        "KAIROS_KAFKA_BOOTSTRAP": bootstrap,
        "KAIROS_CLOCK": "movable",
        "KAIROS_CLOCK_FILE": str(state.clock_file),
        "KAIROS_AUDIT_ANCHOR_FILE": str(state.anchors / f"{name}.jsonl"),
    }


def _common(state: State, broker: Broker) -> dict[str, str]:
    return {
        "KAIROS_WORK_IN_SERVE": "true",
        "KAIROS_HTTP_HOST": LOOPBACK,
        "KAIROS_KAFKA_IDEMPOTENCE": "true" if broker.idempotence else "false",
        "KAIROS_TOKEN_ISSUER": ISSUER,
        "KAIROS_TOKEN_AUDIENCE": AUDIENCE,
        "KAIROS_JWKS_FILE": str(jwks_file(state.keys)),
        "KAIROS_CURSOR_KEY": state.secrets().cursor_key,
    }


def ring_file(state: State, service: str) -> Path:
    """Where the keys stand that wrap patients' keys of a service."""
    return state.keys / f"{service}.ring.json"


def _databases(state: State, name: str, admin: str) -> dict[str, str]:
    secrets, owner = state.secrets(), f"{name}_owner"
    return {
        "KAIROS_DATABASE_URL": role_url(admin, name, name, secrets.runtime_password(name)),
        "KAIROS_MIGRATION_DATABASE_URL": role_url(admin, name, owner, secrets.owner_password(name)),
    }


def _calls(state: State, name: str, ports: Ports) -> dict[str, str]:
    return {
        "KAIROS_INTAKE_URL": f"http://{LOOPBACK}:{ports.of['intake']}",
        "KAIROS_SERVICE_TOKEN_FILE": str(token_file(state, name)),
    }


def _private_words(state: State, admin: str) -> dict[str, str]:
    """Where psychotherapy notes are, and the key that they and the journals are sealed with."""
    role, service = "integration_notes", "integration"
    password = state.secrets().side_passwords(service)[role]
    return {
        "KAIROS_NOTES_DATABASE_URL": role_url(admin, service, role, password),
        "KAIROS_SEALING_KEY_FILE": str(state.keys / "sealing.json"),
    }


def role_url(admin_url: str, database: str, role: str, password: str) -> str:
    """The address of a database on the admin's server, for another role. Our passwords are
    generated without characters that an address would need to escape.
    """
    parts = urlsplit(admin_url)
    server = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{password}@{server}", path=f"/{database}"))
