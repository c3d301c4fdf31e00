"""pytest fixtures shared by all packages: a real PostgreSQL, and a broker where one is needed."""

import os
from collections.abc import Iterator
from typing import Literal, cast

import pytest
from kairos_local.broker import Broker, ephemeral_broker
from kairos_local.postgres import ephemeral_postgres

from kairos_chassis.testing.databases import Databases


@pytest.fixture(scope="session")
def postgres_admin_url() -> Iterator[str]:
    """A PostgreSQL server for this run; KAIROS_TEST_POSTGRES names one of yours instead."""
    given = os.environ.get("KAIROS_TEST_POSTGRES")
    if given:
        yield given
        return
    with ephemeral_postgres() as server:
        yield server.admin_url


@pytest.fixture(scope="session")
def databases(postgres_admin_url: str) -> Databases:
    """Makes migrated databases."""
    return Databases(postgres_admin_url)


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """A broker for this run; KAIROS_TEST_BROKER is auto (the default), kafka or tansu."""
    wanted = os.environ.get("KAIROS_TEST_BROKER", "auto")
    with ephemeral_broker(cast(Literal["auto", "kafka", "tansu"], wanted)) as started:
        yield started
