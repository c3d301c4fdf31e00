"""This service, running in the test over its own database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from integration.wiring import SERVICE
from kairos_chassis.clock import FrozenClock
from kairos_chassis.testing.databases import Databases
from kairos_chassis.testing.harness import Harness, running

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
async def harness(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Harness]:
    """The service, one for the whole run."""
    database = await databases.make("integration")
    directory = tmp_path_factory.mktemp("integration")
    settings = {
        "notes_database_url": database.url_as("integration_notes"),
        "profile": "embedded",
        "sealing_key_file": directory / "sealing.json",
    }
    async with running(SERVICE, database, FrozenClock(NOON), directory, **settings) as started:
        yield started


@pytest.fixture
def service(harness: Harness) -> Harness:
    """The service, at noon again."""
    harness.clock.at = NOON
    return harness


@pytest.fixture
def network() -> UUID:
    """A network of its own for every test."""
    return uuid4()
