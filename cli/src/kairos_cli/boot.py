"""From nothing to a platform that serves, step by step."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Sequence

import asyncpg
from aiokafka.errors import KafkaError
from kairos_local.broker import Broker
from kairos_local.errors import CannotStart
from kairos_local.postgres import provision
from kairos_local.processes import LocalProcess, tail
from kairos_local.topics import TopicsDiffer, create_topics

from kairos_cli.clock import PlatformClock
from kairos_cli.issuer import Issuer
from kairos_cli.service_tokens import refresh
from kairos_cli.services import SERVICES, ServiceProcess
from kairos_cli.state import State

READY_TIMEOUT_S = 90.0
_POLL_S = 0.03
_MIGRATION_TIMEOUT_S = 120.0


def not_starting(process: LocalProcess, state: State) -> CannotStart:
    """The error for a process that does not become ready, with the end of its log."""
    log = state.log(process.name)
    return CannotStart(
        f"{process.name} does not start.", f"The end of its log, {log}:\n{tail(log)}"
    )


def prepare_keys(state: State) -> None:
    """The issuer's keys, the clock, and the tokens services carry, as far as they are missing."""
    Issuer.load_or_create(state.keys)
    clock = PlatformClock(state)
    clock.ensure()
    refresh(state, clock.now())


def provision_all(state: State, admin_url: str) -> None:
    """A database and two roles for every service. Raises CannotStart."""
    secrets = state.secrets()

    async def run() -> None:
        for name in SERVICES:
            await provision(
                admin_url,
                name,
                secrets.owner_password(name),
                secrets.runtime_password(name),
                secrets.side_passwords(name),
            )

    try:
        asyncio.run(run())
    except (asyncpg.PostgresError, OSError) as error:
        raise CannotStart(
            f"The databases could not be made: {error}.",
            "With --postgres URL, name a role that may create roles and databases, as in "
            "postgresql://admin:password@host:5432/postgres.",
        ) from error


def migrate_all(services: Sequence[ServiceProcess]) -> None:
    """Run every service's migrations side by side. Raises CannotStart for one that fails."""
    running = {service: service.migrate() for service in services}
    limit = time.monotonic() + _MIGRATION_TIMEOUT_S
    try:
        while any(child.alive() for child in running.values()) and time.monotonic() < limit:
            time.sleep(_POLL_S)
        for service, child in running.items():
            if child.exit_code() != 0:
                raise CannotStart(
                    f"The migrations of {service.name} failed.",
                    f"The end of its log, {service.log}:\n{tail(service.log)}",
                )
    finally:
        for child in running.values():
            child.stop(signal.SIGKILL, patience_s=5)


def create_all_topics(broker: Broker) -> None:
    """The registry's topics on the broker. Raises CannotStart."""
    try:
        asyncio.run(create_topics(broker.bootstrap, disposable=not broker.durable))
    except TopicsDiffer as error:
        raise CannotStart(
            f"These topics have another number of partitions than the registry says: {error}.",
            "The state directory is of another version: run `kairos down`, and `kairos up` with "
            "another --state DIR.",
        ) from error
    except (KafkaError, OSError) as error:
        raise CannotStart(
            f"The topics could not be made: {error!r}.", "`kairos logs broker` may say why."
        ) from error
